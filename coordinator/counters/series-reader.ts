import { readBlock } from './block.ts'
import type { BlockRows, Span } from './block-rows.ts'
import type { KnownCounter } from './counter-index.ts'
import { type Place, readPage } from './page.ts'
import type { ReadGate } from './read-gate.ts'
import { blockStart, blockStarts, bucketOf, coarseTier, fineTier, middleTier, type Tier } from './tiers.ts'
import { turnsOf } from './turns.ts'
import type { WindowColumns } from './window-columns.ts'

export interface SeriesSelection {
  readonly counters: readonly KnownCounter[]
  /** All hosts without it. */
  readonly hostIds?: readonly number[] | undefined
  readonly fromMs: number
  readonly toMs: number
  /** Windows are joined into steps of this width, the first of which begins at `fromMs`; a multiple of 10 s. */
  readonly stepMs: number
}

/** Where what is read of a series is joined; undefined for a series that is not wanted. */
export type Target = (counterId: number, hostId: number) => WindowColumns | undefined

/** Of a tier, blocks that together with those of other sources cover the time once. */
interface Source {
  readonly tier: Tier
  readonly starts: readonly number[]
}

/** Rows of one statement, each about a kilobyte. */
const rowsAtOnce = 500

/** Reads series from whatever tier has them at the width that is wanted, and from the pages of the blocks that are not over. */
export class SeriesReader {
  readonly #rows: BlockRows
  readonly #gate: ReadGate

  constructor(rows: BlockRows, gate: ReadGate) {
    this.#rows = rows
    this.#gate = gate
  }

  read(selection: SeriesSelection, target: Target): Promise<void> {
    return this.#gate.read(() => this.#read(selection, target))
  }

  async #read(selection: SeriesSelection, target: Target): Promise<void> {
    const { counters, fromMs, toMs } = selection
    const byBucket = Map.groupBy(counters, ({ id }) => bucketOf(id))
    const spans = await this.#rows.spans(blockStart(coarseTier, fromMs), toMs, [...byBucket.keys()])
    const spansOf = Map.groupBy(spans, ({ bucket }) => bucket)
    for (const [bucket, ofBucket] of byBucket)
      for (const source of sourcesOf(selection, spansOf.get(bucket) ?? []))
        await this.#readBlocks(selection, source, ofBucket, target)
    await this.#readPages(selection, [...byBucket.keys()], target)
  }

  async #readBlocks(
    { fromMs, toMs, stepMs, hostIds }: SeriesSelection,
    { tier, starts }: Source,
    counters: readonly KnownCounter[],
    target: Target,
  ): Promise<void> {
    const turns = turnsOf()
    const series = counters.reduce((sum, { hosts }) => sum + (hostIds?.length ?? hosts.size), 0)
    const startsAtOnce = Math.max(1, Math.floor(rowsAtOnce / series))
    const counterIds = counters.map(({ id }) => id)
    for (let first = 0; first < starts.length; first += startsAtOnce) {
      const some = starts.slice(first, first + startsAtOnce)
      for (const row of await this.#rows.blocks({ tier, starts: some, counterIds, hostIds })) {
        const columns = target(row.counterId, row.hostId)
        if (!columns) continue
        readBlock(row.data, (index, ...sums) => {
          const atMs = row.startMs + index * tier.widthMs
          if (atMs >= fromMs && atMs < toMs) columns.add(Math.floor((atMs - fromMs) / stepMs), ...sums)
        })
        await turns.pause()
      }
    }
  }

  async #readPages(selection: SeriesSelection, buckets: readonly number[], target: Target): Promise<void> {
    const { counters, hostIds, fromMs, toMs, stepMs } = selection
    const turns = turnsOf()
    const counterIds = new Set(counters.map(({ id }) => id))
    const hosts = hostIds && new Set(hostIds)
    for (const blockMs of await this.#rows.pageBlocks(blockStart(fineTier, fromMs), toMs)) {
      const place = (counterId: number, hostId: number, index: number): Place => {
        const atMs = blockMs + index * fineTier.widthMs
        if (!counterIds.has(counterId) || atMs < fromMs || atMs >= toMs || hosts?.has(hostId) === false) return
        const columns = target(counterId, hostId)
        return columns && { columns, index: Math.floor((atMs - fromMs) / stepMs) }
      }
      for (const bucket of buckets) {
        const { pages } = await this.#rows.pagesOf(blockMs, bucket)
        for (const page of pages) {
          readPage(page, place)
          await turns.pause()
        }
      }
    }
  }
}

/** The coarsest blocks that are no coarser than the step, except where what is in finer ones is not in them yet. */
function sourcesOf({ fromMs, toMs, stepMs }: SeriesSelection, spans: readonly Span[]): Source[] {
  const known = new Set(spans.map(({ tierId, startMs }) => `${tierId} ${startMs}`))
  const has = (tier: Tier, startMs: number) => known.has(`${tier.id} ${startMs}`)
  const unrolled = (tier: Tier, within: Tier) =>
    new Set(
      spans
        .filter(({ tierId, isRolled }) => tierId === tier.id && !isRolled)
        .map(({ startMs }) => blockStart(within, startMs)),
    )
  const [newDays, newMonths, newInMonths] = [
    unrolled(fineTier, middleTier),
    unrolled(middleTier, coarseTier),
    unrolled(fineTier, coarseTier),
  ]
  const fits = (tier: Tier) => stepMs % tier.widthMs === 0
  const chosen: { tier: Tier; startMs: number }[] = []
  const take = (tier: Tier, from: number, to: number) => {
    for (const startMs of blockStarts(tier, from, to)) if (has(tier, startMs)) chosen.push({ tier, startMs })
  }
  for (const month of blockStarts(coarseTier, fromMs, toMs)) {
    const isWhole = has(coarseTier, month) && !newMonths.has(month) && !newInMonths.has(month)
    if (fits(coarseTier) && isWhole) {
      chosen.push({ tier: coarseTier, startMs: month })
      continue
    }
    const beforeMonth = chosen.length
    const [from, to] = [Math.max(month, fromMs), Math.min(month + coarseTier.blockMs, toMs)]
    for (const day of blockStarts(middleTier, from, to)) {
      const isRolled = has(middleTier, day) && !newDays.has(day)
      const before = chosen.length
      if (!fits(middleTier) || !isRolled) take(fineTier, Math.max(day, from), Math.min(day + middleTier.blockMs, to))
      // Finer ones were not needed, or are not kept any more.
      if (chosen.length === before && has(middleTier, day)) chosen.push({ tier: middleTier, startMs: day })
    }
    if (chosen.length === beforeMonth && has(coarseTier, month)) chosen.push({ tier: coarseTier, startMs: month })
  }
  return [...Map.groupBy(chosen, ({ tier }) => tier)].map(([tier, blocks]) => ({
    tier,
    starts: blocks.map(({ startMs }) => startMs),
  }))
}
