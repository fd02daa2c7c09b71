import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { WindowColumns } from './window-columns.ts'

const doubleBytes = 8
/** More effort saves little: what compresses at all are the bytes that hardly change. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export type WindowVisitor = (
  index: number,
  count: number,
  sum: number,
  sumOfSquares: number,
  min: number,
  max: number,
) => void

/**
 * The windows of one counter of one host, compressed. Beneath zstd: number of windows (uint16), how many of them have a
 * count other than 1 (uint16), each window's distance from the one before (uint16) and whether it is one of those
 * (uint8), then the doubles: sums, and of those others counts, sums of squares, minima and maxima. The doubles lie byte by
 * byte, all first bytes, then all second ones: those that tell size and sign hardly change, and compress well.
 */
export function encodeBlock(columns: WindowColumns): Uint8Array {
  const known: number[] = []
  for (let index = 0; index < columns.length; index++) if (columns.count[index] !== 0) known.push(index)
  const several = known.filter((index) => columns.count[index] !== 1)
  const values = new Float64Array(known.length + 4 * several.length)
  known.forEach((index, at) => {
    values[at] = columns.sum[index]!
  })
  const others = [columns.count, columns.sumOfSquares, columns.min, columns.max]
  others.forEach((column, number) => {
    several.forEach((index, at) => {
      values[known.length + number * several.length + at] = column[index]!
    })
  })
  const head = 4 + 3 * known.length
  const plain = new Uint8Array(head + values.byteLength)
  const view = new DataView(plain.buffer)
  view.setUint16(0, known.length, true)
  view.setUint16(2, several.length, true)
  known.forEach((index, at) => {
    view.setUint16(4 + 2 * at, index - (known[at - 1] ?? 0), true)
    view.setUint8(4 + 2 * known.length + at, columns.count[index] === 1 ? 0 : 1)
  })
  const bytes = new Uint8Array(values.buffer)
  for (let plane = 0, at = head; plane < doubleBytes; plane++)
    for (let value = plane; value < bytes.length; value += doubleBytes) plain[at++] = bytes[value]!
  return zstdCompressSync(plain, options)
}

/** Tells the windows of a block in their order. */
export function readBlock(data: Uint8Array, visit: WindowVisitor): void {
  const plain = zstdDecompressSync(data)
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
  const [length, severals] = [view.getUint16(0, true), view.getUint16(2, true)]
  const head = 4 + 3 * length
  const bytes = new Uint8Array(plain.length - head)
  const count = bytes.length / doubleBytes
  for (let plane = 0, at = head; plane < doubleBytes; plane++)
    for (let value = plane; value < bytes.length; value += doubleBytes) bytes[value] = plain[at++]!
  const values = new Float64Array(bytes.buffer, 0, count)
  let index = 0
  let several = length
  for (let at = 0; at < length; at++) {
    index += view.getUint16(4 + 2 * at, true)
    const sum = values[at]!
    if (view.getUint8(4 + 2 * length + at) === 0) visit(index, 1, sum, sum * sum, sum, sum)
    else {
      const [squares, min, max] = [several + severals, several + 2 * severals, several + 3 * severals]
      visit(index, values[several]!, sum, values[squares]!, values[min]!, values[max]!)
      several++
    }
  }
}
