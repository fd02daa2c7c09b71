import type { WindowColumns } from './window-columns.ts'

/** A window on its way into a page; `index` counts the windows of the page's block. */
export interface PageEntry {
  readonly counterId: number
  readonly hostId: number
  readonly index: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly min: number
  readonly max: number
}

/** Little-endian, as every machine is that Node runs on today. */
const headerBytes = 8
const doubleBytes = 8
const entryBytes = doubleBytes + 4 + 4 + 1
const fullBytes = 4 * doubleBytes

/**
 * Windows of many hosts as they came, in columns: number of entries (uint32), how many of them were observed more than
 * once (uint32, they come first), the sums, then of those first ones counts, sums of squares, minima and maxima (float64),
 * then of all counter and host (uint32) and index (uint8).
 */
export function encodePage(entries: readonly PageEntry[]): Uint8Array {
  const several = entries.filter(({ count }) => count !== 1)
  const ordered = [...several, ...entries.filter(({ count }) => count === 1)]
  const bytes = new Uint8Array(headerBytes + entries.length * entryBytes + several.length * fullBytes)
  new Uint32Array(bytes.buffer, 0, 2).set([entries.length, several.length])
  const page = columnsOf(bytes)
  ordered.forEach((entry, at) => {
    page.sum[at] = entry.sum
    page.counter[at] = entry.counterId
    page.host[at] = entry.hostId
    page.index[at] = entry.index
  })
  several.forEach((entry, at) => {
    page.count[at] = entry.count
    page.sumOfSquares[at] = entry.sumOfSquares
    page.min[at] = entry.min
    page.max[at] = entry.max
  })
  return bytes
}

/** Puts a page's windows where `target` says; those it says nothing of are passed over. */
export function readPage(data: Uint8Array, target: (counterId: number, hostId: number, index: number) => Place): void {
  const page = columnsOf(data.byteOffset % doubleBytes === 0 ? data : data.slice())
  const severals = page.count.length
  for (let at = 0; at < page.sum.length; at++) {
    const place = target(page.counter[at]!, page.host[at]!, page.index[at]!)
    if (!place) continue
    const sum = page.sum[at]!
    if (at >= severals) place.columns.add(place.index, 1, sum, sum * sum, sum, sum)
    else place.columns.add(place.index, page.count[at]!, sum, page.sumOfSquares[at]!, page.min[at]!, page.max[at]!)
  }
}

export type Place = { readonly columns: WindowColumns; readonly index: number } | undefined

function columnsOf({ buffer, byteOffset }: Uint8Array) {
  const [length, severals] = new Uint32Array(buffer, byteOffset, 2) as unknown as [number, number]
  let offset = byteOffset + headerBytes
  const doubles = (count: number) => {
    const column = new Float64Array(buffer, offset, count)
    offset += column.byteLength
    return column
  }
  const [sum, count, sumOfSquares] = [doubles(length), doubles(severals), doubles(severals)]
  const [min, max] = [doubles(severals), doubles(severals)]
  const counter = new Uint32Array(buffer, offset, length)
  const host = new Uint32Array(buffer, offset + counter.byteLength, length)
  const index = new Uint8Array(buffer, offset + counter.byteLength + host.byteLength, length)
  return { sum, count, sumOfSquares, min, max, counter, host, index }
}
