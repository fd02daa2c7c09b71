import { blockLengthBytes } from '../identifiers.ts'
import type { EngineLimits } from './limits.ts'

/** Growth between two measurements below which the pipe counts as full. */
const slowStartGrowth = 1.1
/** Share of the newest measurement in the rate. */
const rateSmoothing = 0.4

/**
 * How many requests to keep in flight to one peer. It starts like TCP: one more for each block that arrives, until the
 * rate no longer rises; from then on as many as the peer answers in `pipelineMs`.
 */
export class RequestPipeline {
  readonly #limits: EngineLimits
  #maxDepth: number
  #depth: number
  #isSlowStart = true
  #bytes = 0
  #lastBytes = 0
  #rate = 0

  constructor(limits: EngineLimits) {
    this.#limits = limits
    this.#maxDepth = limits.maxPipelineDepth
    this.#depth = limits.minPipelineDepth
  }

  get depth(): number {
    return this.#depth
  }

  /** Bytes a second, smoothed. */
  get rate(): number {
    return this.#rate
  }

  /** The peer says how many requests it queues (`reqq` of the extended handshake). */
  limitTo(requests: number): void {
    this.#maxDepth = Math.max(1, Math.min(requests, this.#limits.maxPipelineDepth * 4))
    this.#depth = Math.min(this.#depth, this.#maxDepth)
  }

  onBlock(bytes: number): void {
    this.#bytes += bytes
    if (this.#isSlowStart) this.#depth = Math.min(this.#depth + 1, this.#maxDepth)
  }

  /** Called every `elapsedMs` while requests are in flight. */
  measure(elapsedMs: number): void {
    const measured = (this.#bytes * 1000) / elapsedMs
    this.#rate = this.#rate === 0 ? measured : this.#rate + rateSmoothing * (measured - this.#rate)
    if (this.#isSlowStart && this.#lastBytes > 0 && this.#bytes < this.#lastBytes * slowStartGrowth)
      this.#isSlowStart = false
    this.#lastBytes = this.#bytes
    this.#bytes = 0
    if (!this.#isSlowStart) this.#depth = this.#depthFor(this.#rate)
  }

  /** After a silence the old rate means nothing. */
  restart(): void {
    this.#isSlowStart = true
    this.#lastBytes = 0
    this.#bytes = 0
    this.#rate = 0
    this.#depth = Math.min(this.#limits.minPipelineDepth, this.#maxDepth)
  }

  #depthFor(rate: number): number {
    const blocks = Math.ceil((rate * this.#limits.pipelineMs) / 1000 / blockLengthBytes)
    return Math.min(Math.max(blocks, this.#limits.minPipelineDepth), this.#maxDepth)
  }
}
