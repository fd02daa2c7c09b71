/** How finely windows are kept, for how long, and how many lie in one row. */
export interface Tier {
  /** In the tables: never changes. */
  readonly id: number
  readonly widthMs: number
  /** Windows of one counter of one host that lie together; a multiple of what the finer tier has. */
  readonly blockMs: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
export const day = 24 * hour

/** What comes lies in pages for half an hour; the day and the 30 days of the coarser tiers are over when they are rolled up. */
export const fineTier: Tier = { id: 0, widthMs: 10 * second, blockMs: 30 * minute }
export const middleTier: Tier = { id: 1, widthMs: 5 * minute, blockMs: day }
export const coarseTier: Tier = { id: 2, widthMs: hour, blockMs: 30 * day }
export const tiers = [fineTier, middleTier, coarseTier] as const

/** Start of the block that holds the time. */
export function blockStart(tier: Tier, atMs: number): number {
  return atMs - (atMs % tier.blockMs)
}

/** Starts of all blocks that have a part in the time from `fromMs` to before `toMs`. */
export function blockStarts(tier: Tier, fromMs: number, toMs: number): number[] {
  const starts: number[] = []
  for (let start = blockStart(tier, fromMs); start < toMs; start += tier.blockMs) starts.push(start)
  return starts
}

/** Windows of a block. */
export function blockLength(tier: Tier): number {
  return tier.blockMs / tier.widthMs
}

/** Counters lie in so many buckets, by id: what is looked at together when pages become blocks, and when one is read. */
export const buckets = 256
export function bucketOf(counterId: number): number {
  return counterId % buckets
}
