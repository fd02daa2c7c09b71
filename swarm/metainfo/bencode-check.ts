/** Nesting beyond this is refused: no message or torrent needs it, and it would exhaust the stack. */
const maxDepth = 32

const digit0 = 0x30
const digit9 = 0x39
const code = { integer: 0x69, list: 0x6c, dictionary: 0x64, end: 0x65, colon: 0x3a, minus: 0x2d } as const

/** Where a value stands in the bytes: `[start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Checks that `bytes` are exactly one bencoded value (BEP 3). The bencode package must only see checked bytes: a negative
 * string length makes it loop for ever, and it passes over garbage.
 * @returns for a dictionary, the span of each value by its key (latin1); undefined for any other value.
 * @throws {Error} that says what is wrong and at which byte.
 */
export function checkBencode(bytes: Uint8Array): Map<string, Span> | undefined {
  const scanner = new Scanner(bytes)
  const spans = scanner.value(0)
  if (scanner.position !== bytes.length) throw new Error(`data after the end, at byte ${scanner.position}`)
  return spans
}

class Scanner {
  position = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  value(depth: number): Map<string, Span> | undefined {
    if (depth > maxDepth) throw this.#fault('nested too deeply')
    const first = this.#bytes[this.position]
    if (first === code.integer) this.#integer()
    else if (first === code.list) this.#list(depth)
    else if (first === code.dictionary) return this.#dictionary(depth)
    else this.#string()
    return undefined
  }

  #integer(): void {
    this.position++
    if (this.#bytes[this.position] === code.minus) this.position++
    this.#digits()
    this.#expect(code.end, 'the end of an integer')
  }

  #list(depth: number): void {
    this.position++
    while (this.#bytes[this.position] !== code.end) this.value(depth + 1)
    this.position++
  }

  #dictionary(depth: number): Map<string, Span> {
    const spans = new Map<string, Span>()
    this.position++
    while (this.#bytes[this.position] !== code.end) {
      const key = this.#string()
      if (spans.has(key)) throw this.#fault(`the key ${JSON.stringify(key)} twice`)
      const start = this.position
      this.value(depth + 1)
      spans.set(key, { start, end: this.position })
    }
    this.position++
    return spans
  }

  #string(): string {
    const length = this.#digits()
    this.#expect(code.colon, 'a string')
    const start = this.position
    this.position += length
    if (this.position > this.#bytes.length) throw this.#fault('a string that ends behind the data')
    // Only keys need the text, and they are short.
    return length <= 256 ? Buffer.from(this.#bytes.subarray(start, this.position)).toString('latin1') : ''
  }

  #digits(): number {
    const start = this.position
    let value = 0
    for (;;) {
      const digit = this.#bytes[this.position]
      if (digit === undefined || digit < digit0 || digit > digit9) break
      value = value * 10 + (digit - digit0)
      this.position++
    }
    if (this.position === start) throw this.#fault('no number where one must be')
    if (!Number.isSafeInteger(value)) throw this.#fault('a number that is too large')
    return value
  }

  #expect(byte: number, what: string): void {
    if (this.#bytes[this.position] !== byte) throw this.#fault(`not ${what}`)
    this.position++
  }

  #fault(what: string): Error {
    return new Error(`${what}, at byte ${this.position}`)
  }
}
