import type { WindowColumns } from './window-columns.ts'

/** Little-endian, as every machine is that Node runs on today. */
const headerBytes = 8
const doubleBytes = 8
const entryBytes = doubleBytes + 4 + 4 + 1
const fullBytes = 4 * doubleBytes

/**
 * Windows of many hosts as they came, in columns: number of entries (uint32), how many of them were counted more than
 * once (uint32, they come first), the sums, then of those first ones counts, sums of squares, minima and maxima (float64),
 * then of all counter and host (uint32) and index in the block (uint8).
 */
export class PageWriter {
  readonly bytes: Uint8Array
  readonly #columns: ReturnType<typeof columnsOf>
  #several = 0
  #single: number

  /** As many must be added of each. */
  constructor(several: number, single: number) {
    const length = several + single
    this.bytes = new Uint8Array(headerBytes + length * entryBytes + several * fullBytes)
    new Uint32Array(this.bytes.buffer, 0, 2).set([length, several])
    this.#columns = columnsOf(this.bytes)
    this.#single = several
  }

  /** One that was counted once. */
  addSingle(counterId: number, hostId: number, index: number, sum: number): void {
    this.#put(this.#single++, counterId, hostId, index, sum)
  }

  addSeveral(
    counterId: number,
    hostId: number,
    index: number,
    count: number,
    sum: number,
    sumOfSquares: number,
    min: number,
    max: number,
  ): void {
    const at = this.#several++
    const columns = this.#columns
    columns.count[at] = count
    columns.sumOfSquares[at] = sumOfSquares
    columns.min[at] = min
    columns.max[at] = max
    this.#put(at, counterId, hostId, index, sum)
  }

  #put(at: number, counterId: number, hostId: number, index: number, sum: number): void {
    const columns = this.#columns
    columns.sum[at] = sum
    columns.counter[at] = counterId
    columns.host[at] = hostId
    columns.index[at] = index
  }
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
