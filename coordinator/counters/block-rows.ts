import { sql } from 'kysely'
import type { Database } from '../store/database.ts'
import type { NewPage } from './page-builder.ts'
import { bucketOf, fineTier, type Tier } from './tiers.ts'

export interface BlockRow {
  readonly startMs: number
  readonly counterId: number
  readonly hostId: number
  readonly data: Uint8Array
}

export interface Span {
  readonly tierId: number
  readonly startMs: number
  readonly bucket: number
  readonly bytes: number
  readonly isRolled: boolean
}

interface BlockSelection {
  readonly tier: Tier
  readonly starts: readonly number[]
  readonly counterIds: readonly number[]
  /** All hosts without it. */
  readonly hostIds?: readonly number[] | undefined
}

/** A hundred rows of about a kilobyte are a millisecond's work: other statements wait no longer for their turn. */
const rowsPerInsert = 100
const pagesPerInsert = 50

/** The SQL of pages, blocks and spans. */
export class BlockRows {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** In the caller's transaction. */
  async insertPages(transaction: Database, pages: readonly NewPage[]): Promise<void> {
    for (let first = 0; first < pages.length; first += pagesPerInsert) {
      const rows = pages.slice(first, first + pagesPerInsert)
      await transaction
        .insertInto('counter_page')
        .values(rows.map(({ blockMs, ...row }) => ({ ...row, block_ms: blockMs })))
        .execute()
    }
  }

  /** Starts of the blocks in the time that have pages. */
  async pageBlocks(fromBlockMs: number, toBlockMs: number): Promise<number[]> {
    const rows = await this.#database
      .selectFrom('counter_page')
      .select('block_ms')
      .distinct()
      .where('block_ms', '>=', fromBlockMs)
      .where('block_ms', '<', toBlockMs)
      .orderBy('block_ms')
      .execute()
    return rows.map(({ block_ms }) => block_ms)
  }

  /** The oldest block before `beforeMs` that has pages in it, and one of its buckets. */
  async nextPages(beforeMs: number): Promise<{ blockMs: number; bucket: number } | undefined> {
    const row = await this.#database
      .selectFrom('counter_page')
      .select(['block_ms', 'bucket'])
      .where('block_ms', '<', beforeMs)
      .orderBy('block_ms')
      .orderBy('bucket')
      .limit(1)
      .executeTakeFirst()
    return row && { blockMs: row.block_ms, bucket: row.bucket }
  }

  /** The pages of one bucket in one block, with the last of their ids. */
  async pagesOf(blockMs: number, bucket: number): Promise<{ lastId: number; pages: Uint8Array[] }> {
    const rows = await this.#database
      .selectFrom('counter_page')
      .select(['id', 'data'])
      .where('block_ms', '=', blockMs)
      .where('bucket', '=', bucket)
      .orderBy('id')
      .execute()
    return { lastId: rows.at(-1)?.id ?? 0, pages: rows.map(({ data }) => data) }
  }

  /** Puts blocks in the place of the pages they were made of, in one transaction: after a crash all is as before, or done. */
  async replacePages(
    { blockMs, bucket, lastId }: { blockMs: number; bucket: number; lastId: number },
    tier: Tier,
    blocks: readonly BlockRow[],
  ): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await this.#putBlocks(transaction, tier, bucket, blocks)
      await transaction
        .deleteFrom('counter_page')
        .where('block_ms', '=', blockMs)
        .where('bucket', '=', bucket)
        .where('id', '<=', lastId)
        .execute()
    })
  }

  /** Stores what was rolled up; the finer blocks are marked by `markRolled` once all of their bucket are. */
  async putRolled(tier: Tier, blocks: readonly BlockRow[]): Promise<void> {
    const byBucket = Map.groupBy(blocks, ({ counterId }) => bucketOf(counterId))
    await this.#database.transaction().execute(async (transaction) => {
      for (const [bucket, ofBucket] of byBucket) await this.#putBlocks(transaction, tier, bucket, ofBucket)
    })
  }

  async blocks({ tier, starts, counterIds, hostIds }: BlockSelection): Promise<BlockRow[]> {
    if (starts.length === 0 || counterIds.length === 0) return []
    let select = this.#database
      .selectFrom('counter_block')
      .select(['start_ms', 'counter_id', 'host_id', 'data'])
      .where('tier', '=', tier.id)
      .where('start_ms', 'in', starts)
      .where('counter_id', 'in', counterIds)
    if (hostIds) select = select.where('host_id', 'in', hostIds)
    const rows = await select.execute()
    return rows.map((row) => ({
      ...{ startMs: row.start_ms, counterId: row.counter_id, hostId: row.host_id },
      data: row.data,
    }))
  }

  /** What is stored of these buckets in blocks that begin in the time; of all buckets without them. */
  async spans(fromMs: number, toMs: number, buckets?: readonly number[]): Promise<Span[]> {
    let select = this.#database
      .selectFrom('counter_span')
      .selectAll()
      .where('start_ms', '>=', fromMs)
      .where('start_ms', '<', toMs)
    if (buckets) select = select.where('bucket', 'in', buckets)
    const rows = await select.orderBy('start_ms').execute()
    return rows.map((row) => ({
      ...{ tierId: row.tier, startMs: row.start_ms, bucket: row.bucket, bytes: row.bytes },
      isRolled: row.rolled === 1,
    }))
  }

  /** The oldest block of a tier that begins before `beforeMs` and is not in the coarser one. */
  async nextUnrolled(tier: Tier, beforeMs: number): Promise<Span | undefined> {
    const row = await this.#database
      .selectFrom('counter_span')
      .selectAll()
      .where('tier', '=', tier.id)
      .where('rolled', '=', 0)
      .where('start_ms', '<', beforeMs)
      .orderBy('start_ms')
      .orderBy('bucket')
      .limit(1)
      .executeTakeFirst()
    return row && { tierId: row.tier, startMs: row.start_ms, bucket: row.bucket, bytes: row.bytes, isRolled: false }
  }

  async markRolled(tier: Tier, bucket: number, spans: readonly Pick<Span, 'startMs' | 'bytes'>[]): Promise<void> {
    for (const { startMs, bytes } of spans)
      await this.#database
        .updateTable('counter_span')
        .set({ rolled: 1 })
        .where('tier', '=', tier.id)
        .where('start_ms', '=', startMs)
        .where('bucket', '=', bucket)
        // Something more came meanwhile: it is rolled up another time.
        .where('bytes', '=', bytes)
        .execute()
  }

  /** Of each tier, what it takes and when it begins. */
  async sizes(): Promise<{ tierId: number; bytes: number; oldestMs: number }[]> {
    const rows = await this.#database
      .selectFrom('counter_span')
      .select(({ fn }) => ['tier', fn.sum<number>('bytes').as('bytes'), fn.min('start_ms').as('oldest')])
      .groupBy('tier')
      .execute()
    return rows.map(({ tier, bytes, oldest }) => ({ tierId: tier, bytes: Number(bytes), oldestMs: oldest }))
  }

  /** Start of the newest block of a tier that begins before `beforeMs`. */
  async newestBefore(tier: Tier, beforeMs: number): Promise<number | undefined> {
    const row = await this.#database
      .selectFrom('counter_span')
      .select('start_ms')
      .where('tier', '=', tier.id)
      .where('start_ms', '<', beforeMs)
      .orderBy('start_ms', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.start_ms
  }

  /** Starts of the blocks of the finest tier in the time, pages included, newest first. */
  async fineStarts(fromMs: number, toMs: number): Promise<number[]> {
    const spans = await this.#database
      .selectFrom('counter_span')
      .select('start_ms')
      .distinct()
      .where('tier', '=', fineTier.id)
      .where('start_ms', '>=', fromMs)
      .where('start_ms', '<', toMs)
      .execute()
    const starts = new Set([...spans.map((row) => row.start_ms), ...(await this.pageBlocks(fromMs, toMs))])
    return [...starts].sort((a, b) => b - a)
  }

  /** Deletes some of a block's rows. @returns whether any are left. */
  async deleteSome(tierId: number, startMs: number, counters: number): Promise<boolean> {
    const next = await this.#database
      .selectFrom('counter_block')
      .select('counter_id')
      .distinct()
      .where('tier', '=', tierId)
      .where('start_ms', '=', startMs)
      .orderBy('counter_id')
      .offset(counters)
      .limit(1)
      .executeTakeFirst()
    await this.#database.transaction().execute(async (transaction) => {
      let remove = transaction.deleteFrom('counter_block').where('tier', '=', tierId).where('start_ms', '=', startMs)
      if (next) remove = remove.where('counter_id', '<', next.counter_id)
      await remove.execute()
      if (!next)
        await transaction
          .deleteFrom('counter_span')
          .where('tier', '=', tierId)
          .where('start_ms', '=', startMs)
          .execute()
    })
    return next !== undefined
  }

  async #putBlocks(transaction: Database, tier: Tier, bucket: number, blocks: readonly BlockRow[]): Promise<void> {
    for (let first = 0; first < blocks.length; first += rowsPerInsert)
      await transaction
        .insertInto('counter_block')
        .values(
          blocks.slice(first, first + rowsPerInsert).map(({ startMs, counterId, hostId, data }) => ({
            ...{ tier: tier.id, start_ms: startMs, counter_id: counterId, host_id: hostId },
            data,
          })),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['tier', 'start_ms', 'counter_id', 'host_id'])
            .doUpdateSet(({ ref }) => ({ data: ref('excluded.data') })),
        )
        .execute()
    for (const [startMs, ofStart] of Map.groupBy(blocks, (block) => block.startMs))
      await transaction
        .insertInto('counter_span')
        .values({
          ...{ tier: tier.id, start_ms: startMs, bucket, rolled: 0 },
          bytes: ofStart.reduce((sum, { data }) => sum + data.length, 0),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['tier', 'start_ms', 'bucket'])
            .doUpdateSet({ rolled: 0, bytes: sql`counter_span.bytes + excluded.bytes` }),
        )
        .execute()
  }
}
