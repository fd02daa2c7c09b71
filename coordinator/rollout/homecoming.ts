import { type Clock, sleep } from '../../runtime/clock.ts'
import type { HostRegistry } from '../session/host-registry.ts'

interface Options {
  /** How long agents may need to come back to a coordinator that was away. */
  readonly graceMs: number
}

interface Dependencies {
  readonly hosts: HostRegistry
  readonly clock: Clock
}

const lookAgainMs = 200

/** The time after a start in which agents come back: a plan made meanwhile would leave out those that are still on their way. */
export class Homecoming {
  readonly #dependencies: Dependencies
  readonly #endsAtMs: number

  constructor({ graceMs }: Options, dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#endsAtMs = dependencies.clock.monotonicMs() + graceMs
  }

  /** Every known host that may take part is there, or had its time to come. */
  get isOver(): boolean {
    const { hosts, clock } = this.#dependencies
    return (
      clock.monotonicMs() >= this.#endsAtMs ||
      hosts.all().every((host) => host.connected || host.drained || host.hasLeft)
    )
  }

  /** Resolves when it is over; rejects with the signal's reason when it is aborted first. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!this.isOver) await sleep(this.#dependencies.clock, lookAgainMs, signal)
  }
}
