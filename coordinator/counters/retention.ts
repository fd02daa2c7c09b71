import type { BlockRows } from './block-rows.ts'
import type { KeepOptions } from './config.ts'
import type { ReadGate } from './read-gate.ts'
import { coarseTier, day, fineTier, middleTier, type Tier, tiers } from './tiers.ts'

/** What is deleted in one statement: some thousand rows. */
const countersAtOnce = 200
/** What the byte limit leaves of a tier in any case: else the newest would go as soon as it came. */
const leastBlocks = { [fineTier.id]: day, [middleTier.id]: 30 * day, [coarseTier.id]: 90 * day }

/** Deletes what is older than it is kept, and the oldest of the finest tier while all together take too much. */
export class Retention {
  readonly #keep: KeepOptions
  readonly #rows: BlockRows
  readonly #gate: ReadGate

  constructor(keep: KeepOptions, rows: BlockRows, gate: ReadGate) {
    this.#keep = keep
    this.#rows = rows
    this.#gate = gate
  }

  /** Some of one block. @returns whether there was any. */
  async step(nowMs: number): Promise<boolean> {
    const doomed = await this.#doomed(nowMs)
    if (!doomed) return false
    await this.#gate.move(() => this.#rows.deleteSome(doomed.tier.id, doomed.startMs, countersAtOnce))
    return true
  }

  async #doomed(nowMs: number): Promise<{ tier: Tier; startMs: number } | undefined> {
    const sizes = await this.#rows.sizes()
    const oldestOf = (tier: Tier) =>
      sizes.find(({ tierId }) => tierId === tier.id)?.oldestMs ?? Number.POSITIVE_INFINITY
    for (const tier of tiers) {
      const startMs = oldestOf(tier)
      if (startMs + tier.blockMs <= nowMs - this.#keepMs(tier) && (await this.#isExpendable(tier, startMs)))
        return { tier, startMs }
    }
    const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0)
    if (bytes <= this.#keep.maxBytes) return undefined
    for (const tier of tiers) {
      const startMs = oldestOf(tier)
      if (startMs + leastBlocks[tier.id]! < nowMs && (await this.#isExpendable(tier, startMs))) return { tier, startMs }
    }
    return undefined
  }

  /** What is not in the coarser tier yet stays until it is. */
  async #isExpendable(tier: Tier, startMs: number): Promise<boolean> {
    if (tier === coarseTier) return true
    const next = await this.#rows.nextUnrolled(tier, startMs + 1)
    return next === undefined
  }

  #keepMs(tier: Tier): number {
    const { tenSecondsDays, fiveMinutesDays, hoursDays } = this.#keep
    return (
      day * { [fineTier.id]: tenSecondsDays, [middleTier.id]: fiveMinutesDays, [coarseTier.id]: hoursDays }[tier.id]!
    )
  }

  /**
   * Windows before it are refused: the finer ones they belong to are deleted, and what was made of those would be
   * overwritten by what came late alone.
   */
  async floorMs(): Promise<number> {
    const sizes = await this.#rows.sizes()
    const fine = sizes.find(({ tierId }) => tierId === fineTier.id)
    const middle = await this.#rows.newestBefore(middleTier, fine?.oldestMs ?? Number.MAX_SAFE_INTEGER)
    return middle === undefined ? 0 : middle + middleTier.blockMs
  }
}
