import { encodeBlock, readBlock } from './block.ts'
import type { BlockRow, BlockRows } from './block-rows.ts'
import { readPage } from './page.ts'
import type { ReadGate } from './read-gate.ts'
import { blockLength, fineTier } from './tiers.ts'
import { type Turns, turnsOf } from './turns.ts'
import { WindowColumns } from './window-columns.ts'

/** Hosts that were cut off for a moment still come in time; later ones are put into the block that is there. */
const graceMs = 60_000
/** Below 2^21 hosts, and 2^32 counters, a series is one whole number. */
const hostIds = 2 ** 21

/** Turns the pages of a block that is over into blocks, one a series. */
export class PageCompactor {
  readonly #rows: BlockRows
  readonly #gate: ReadGate

  constructor(rows: BlockRows, gate: ReadGate) {
    this.#rows = rows
    this.#gate = gate
  }

  /**
   * One bucket of the oldest block that is over.
   * @param floorMs what is older is not kept as it came any more. @returns whether there was one.
   */
  async step(nowMs: number, floorMs: number): Promise<boolean> {
    const next = await this.#rows.nextPages(nowMs - graceMs - fineTier.blockMs + 1)
    if (!next) return false
    const { lastId, pages } = await this.#rows.pagesOf(next.blockMs, next.bucket)
    if (next.blockMs < floorMs) {
      await this.#gate.move(() => this.#rows.replacePages({ ...next, lastId }, fineTier, []))
      return true
    }
    const turns = turnsOf()
    const series = await gathered(pages, turns)
    await this.#addStored(next, series, turns)
    const blocks: BlockRow[] = []
    for (const [key, columns] of series) {
      const [counterId, hostId] = idsOf(key)
      blocks.push({ startMs: next.blockMs, counterId, hostId, data: encodeBlock(columns) })
      await turns.pause()
    }
    await this.#gate.move(() => this.#rows.replacePages({ ...next, lastId }, fineTier, blocks))
    return true
  }

  /** What came late joins what was stored in time. */
  async #addStored(
    { blockMs, bucket }: { blockMs: number; bucket: number },
    series: ReadonlyMap<number, WindowColumns>,
    turns: Turns,
  ): Promise<void> {
    const spans = await this.#rows.spans(blockMs, blockMs + 1, [bucket])
    if (!spans.some(({ tierId }) => tierId === fineTier.id)) return
    const ids = [...series.keys()].map(idsOf)
    for (const [counterId, ofCounter] of Map.groupBy(ids, ([id]) => id)) {
      const stored = await this.#rows.blocks({
        ...{ tier: fineTier, starts: [blockMs], counterIds: [counterId] },
        hostIds: ofCounter.map(([, hostId]) => hostId),
      })
      for (const { hostId, data } of stored) {
        const columns = series.get(keyOf(counterId, hostId))!
        readBlock(data, (index, ...sums) => columns.add(index, ...sums))
        await turns.pause()
      }
    }
  }
}

async function gathered(pages: readonly Uint8Array[], turns: Turns): Promise<Map<number, WindowColumns>> {
  const series = new Map<number, WindowColumns>()
  for (const page of pages) {
    readPage(page, (counterId, hostId, index) => {
      const key = keyOf(counterId, hostId)
      let columns = series.get(key)
      if (!columns) {
        columns = new WindowColumns(blockLength(fineTier))
        series.set(key, columns)
      }
      return { columns, index }
    })
    await turns.pause()
  }
  return series
}

function keyOf(counterId: number, hostId: number): number {
  return counterId * hostIds + hostId
}

function idsOf(key: number): [counterId: number, hostId: number] {
  return [Math.floor(key / hostIds), key % hostIds]
}
