/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
  /** Both ends were named: somebody who wants a part, not the rest of a download. */
  readonly isClosed: boolean
}

/**
 * The one range a `Range` header asks for (RFC 9110, section 14). Undefined for the whole file: without a header, and for what we
 * may ignore (several ranges, another unit, no sense). `unsatisfiable` when it begins behind the end.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(' ', '') ?? '')
  if (!match) return undefined
  const [from, to] = [match[1]!, match[2]!]
  if (from === '') return suffix(to, sizeBytes)
  const [first, last] = [Number(from), to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)]
  if (to !== '' && Number(to) < first) return undefined
  return first < sizeBytes ? { first, last, isClosed: to !== '' } : 'unsatisfiable'
}

/** `-500`: the last 500 bytes. */
function suffix(count: string, sizeBytes: number): ReturnType<typeof parseRange> {
  if (count === '') return undefined
  if (Number(count) === 0 || sizeBytes === 0) return 'unsatisfiable'
  return { first: Math.max(0, sizeBytes - Number(count)), last: sizeBytes - 1, isClosed: false }
}
