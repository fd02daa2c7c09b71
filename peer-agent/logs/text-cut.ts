/** Where to cut output so that no line is torn: behind the last newline; without one, where no character is torn. */
export function lineCut(bytes: Uint8Array): number {
  const newline = bytes.lastIndexOf(0x0a)
  return newline >= 0 ? newline + 1 : characterCut(bytes)
}

/** Where to cut so that no UTF-8 sequence is torn (RFC 3629): before the last one if it is not whole. 0 when that is all. */
export function characterCut(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return sequenceLength(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function sequenceLength(leadByte: number): number {
  if (leadByte >= 0xf0) return 4
  return leadByte >= 0xe0 ? 3 : 2
}
