import { encodeBlock, readBlock } from './block.ts'
import type { BlockRow, BlockRows } from './block-rows.ts'
import type { CounterIndex, KnownCounter } from './counter-index.ts'
import type { ReadGate } from './read-gate.ts'
import { blockLength, blockStart, bucketOf, coarseTier, fineTier, middleTier, type Tier } from './tiers.ts'
import { turnsOf } from './turns.ts'
import { WindowColumns } from './window-columns.ts'

/** Late windows are few after an hour; those that come still later make the day be rolled up again. */
const graceMs = 3_600_000
/** At most so many series are held at once, a few MB. */
const seriesAtOnce = 200

/** From which tier to which: each coarser window is the sum of the finer ones, with their minimum and maximum. */
const levels = [
  { from: fineTier, to: middleTier },
  { from: middleTier, to: coarseTier },
] as const

/** Rolls days up into windows of 5 minutes, and 30 days of those into windows of an hour. */
export class Rollup {
  readonly #rows: BlockRows
  readonly #index: CounterIndex
  readonly #gate: ReadGate

  constructor(rows: BlockRows, index: CounterIndex, gate: ReadGate) {
    this.#rows = rows
    this.#index = index
    this.#gate = gate
  }

  /**
   * One bucket of the oldest day, or 30 days, that is over and not rolled up. Done again after a crash, it has the same
   * outcome. @returns whether there was one.
   */
  async step(nowMs: number): Promise<boolean> {
    for (const { from, to } of levels) {
      const next = await this.#rows.nextUnrolled(from, blockStart(to, nowMs - graceMs))
      if (!next) continue
      const startMs = blockStart(to, next.startMs)
      const all = await this.#rows.spans(startMs, startMs + to.blockMs, [next.bucket])
      const spans = all.filter(({ tierId }) => tierId === from.id)
      for (const part of this.#partsOf(next.bucket)) await this.#rollUp(from, to, startMs, spans, part)
      await this.#gate.move(() => this.#rows.markRolled(from, next.bucket, spans))
      return true
    }
    return false
  }

  async #rollUp(
    from: Tier,
    to: Tier,
    startMs: number,
    spans: readonly { readonly startMs: number }[],
    { counterIds, hostIds }: Part,
  ): Promise<void> {
    const turns = turnsOf()
    const series = new Map<string, { counterId: number; hostId: number; columns: WindowColumns }>()
    for (const span of spans) {
      const rows = await this.#rows.blocks({ tier: from, starts: [span.startMs], counterIds, hostIds })
      for (const { counterId, hostId, data } of rows) {
        const key = `${counterId} ${hostId}`
        const one = series.get(key) ?? { counterId, hostId, columns: new WindowColumns(blockLength(to)) }
        series.set(key, one)
        readBlock(data, (index, ...sums) => {
          const atMs = span.startMs + index * from.widthMs
          one.columns.add(Math.floor((atMs - startMs) / to.widthMs), ...sums)
        })
        await turns.pause()
      }
    }
    const blocks: BlockRow[] = []
    for (const { counterId, hostId, columns } of series.values()) {
      blocks.push({ startMs, counterId, hostId, data: encodeBlock(columns) })
      await turns.pause()
    }
    if (blocks.length > 0) await this.#rows.putRolled(to, blocks)
  }

  /** The bucket's series, some at a time: few counters of all hosts, or one counter of some hosts. */
  #partsOf(bucket: number): Part[] {
    const parts: Part[] = []
    let few: KnownCounter[] = []
    let series = 0
    const close = () => {
      if (few.length > 0) parts.push({ counterIds: few.map(({ id }) => id) })
      few = []
      series = 0
    }
    for (const counter of this.#index.counters) {
      if (bucketOf(counter.id) !== bucket) continue
      const hosts = [...counter.hosts]
      if (hosts.length > seriesAtOnce) {
        for (let first = 0; first < hosts.length; first += seriesAtOnce)
          parts.push({ counterIds: [counter.id], hostIds: hosts.slice(first, first + seriesAtOnce) })
        continue
      }
      few.push(counter)
      series += hosts.length
      if (series >= seriesAtOnce) close()
    }
    close()
    return parts
  }
}

interface Part {
  readonly counterIds: readonly number[]
  readonly hostIds?: readonly number[]
}
