import { PageWriter } from './page.ts'
import type { Shipment } from './shipment.ts'
import { blockStart, bucketOf, buckets, fineTier } from './tiers.ts'

/** A page that is to be stored. */
export interface NewPage {
  readonly blockMs: number
  readonly bucket: number
  readonly windows: number
  readonly data: Uint8Array
}

/** A shipment whose series are known, as far as there is room for them. */
export interface KnownShipment extends Shipment {
  readonly hostId: number
  /** Of its counters, in their order; 0 for those that are refused. */
  readonly counterIds: Uint32Array
}

/** Lays windows of many hosts into pages, one for each block and bucket that has any. */
export function pagesOf(shipments: readonly KnownShipment[]): NewPage[] {
  const byBlock = Map.groupBy(shipments, ({ startMs }) => blockStart(fineTier, startMs))
  return [...byBlock].flatMap(([blockMs, ofBlock]) => pagesOfBlock(blockMs, ofBlock))
}

/** Counts first, so that each page is written where it stays. */
function pagesOfBlock(blockMs: number, shipments: readonly KnownShipment[]): NewPage[] {
  const [several, single] = [new Uint32Array(buckets), new Uint32Array(buckets)]
  for (const { counterIds, counts } of shipments)
    for (let at = 0; at < counterIds.length; at++) {
      const id = counterIds[at]!
      if (id !== 0) (at < counts.length ? several : single)[bucketOf(id)]!++
    }
  const writers = Array.from({ length: buckets }, (_, bucket) =>
    several[bucket]! + single[bucket]! === 0 ? undefined : new PageWriter(several[bucket]!, single[bucket]!),
  )
  for (const { startMs, hostId, counterIds, sums, counts, sumsOfSquares, mins, maxs } of shipments) {
    const index = Math.floor((startMs - blockMs) / fineTier.widthMs)
    for (let at = 0; at < counterIds.length; at++) {
      const id = counterIds[at]!
      if (id === 0) continue
      const writer = writers[bucketOf(id)]!
      if (at < counts.length)
        writer.addSeveral(id, hostId, index, counts[at]!, sums[at]!, sumsOfSquares[at]!, mins[at]!, maxs[at]!)
      else writer.addSingle(id, hostId, index, sums[at]!)
    }
  }
  return writers.flatMap((writer, bucket) =>
    writer ? { blockMs, bucket, windows: several[bucket]! + single[bucket]!, data: writer.bytes } : [],
  )
}
