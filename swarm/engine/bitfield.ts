/** Which pieces somebody holds; the first piece is the highest bit of the first byte, as on the wire (BEP 3). */
export class Bitfield {
  readonly length: number
  readonly bytes: Uint8Array
  #count = 0

  constructor(length: number) {
    this.length = length
    this.bytes = new Uint8Array(Math.ceil(length / 8))
  }

  static full(length: number): Bitfield {
    const field = new Bitfield(length)
    for (let index = 0; index < length; index++) field.set(index)
    return field
  }

  /** Undefined when the length is wrong or a spare bit at the end is set: the sender means another torrent. */
  static fromWire(bytes: Uint8Array, length: number): Bitfield | undefined {
    if (bytes.length !== Math.ceil(length / 8)) return undefined
    const spareBits = bytes.length * 8 - length
    if (spareBits > 0 && (bytes.at(-1)! & ((1 << spareBits) - 1)) !== 0) return undefined
    const field = new Bitfield(length)
    field.bytes.set(bytes)
    for (const byte of bytes) field.#count += bitsSet(byte)
    return field
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count === this.length
  }

  has(index: number): boolean {
    return (this.bytes[index >> 3]! & (0x80 >> (index & 7))) !== 0
  }

  set(index: number): void {
    if (this.has(index)) return
    this.bytes[index >> 3]! |= 0x80 >> (index & 7)
    this.#count++
  }

  clear(index: number): void {
    if (!this.has(index)) return
    this.bytes[index >> 3]! &= ~(0x80 >> (index & 7))
    this.#count--
  }

  *indexes(): Generator<number> {
    for (let index = 0; index < this.length; index++) if (this.has(index)) yield index
  }
}

function bitsSet(byte: number): number {
  let count = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}
