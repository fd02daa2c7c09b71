import { isUtf8 } from 'node:buffer'
import { Type } from 'typebox'
import { errorMessage, RookeryError } from './errors.ts'

/** The `redact` of a service's configuration. */
export const RedactConfig = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
  default: [],
  maxItems: 100,
  examples: [['Bearer [A-Za-z0-9._-]+']],
  description:
    'Regular expressions (JavaScript’s); what they match in a line of output is replaced before it is stored or sent, and so are the values of variables whose names end in TOKEN, SECRET, PASSWORD or KEY.',
})

const secretName = /(TOKEN|SECRET|PASSWORD|KEY)S?$/i
/** Shorter values, `1` or `true`, stand in too many lines that are no secret. */
const minSecretLength = 6
/** A longer line goes on in pieces. */
const longLineBytes = 64 * 1024
/** Held back of such a piece: what may be the beginning of a secret whose end has not come yet. */
const overlapBytes = 1024

const placeholder = '[redacted]'
/** Never longer than what it stands for, so that a chunk that fits still fits. */
const mask = (found: string) => (found.length < placeholder.length ? '*'.repeat(found.length) : placeholder)

/** A value in both forms in which a line is looked at. */
interface Literal {
  readonly text: string
  readonly bytes: Buffer
  readonly latin1: string
}

/** Whole lines in, whole lines out. */
export interface RedactedStream {
  write(bytes: Uint8Array): void
  /** What waits for the end of its line goes out as it is. */
  flush(): void
}

/** Takes secrets out of text, line by line. Bytes that are not UTF-8 stay as they are. */
export class Redactor {
  readonly #patterns: readonly RegExp[]
  readonly #literals: readonly Literal[]

  private constructor(patterns: readonly RegExp[], literals: readonly Literal[]) {
    this.#patterns = patterns
    this.#literals = literals
  }

  /** One that changes nothing. */
  static readonly none = new Redactor([], [])

  /**
   * @param environment variables of which those are secret whose names say so.
   * @throws {RookeryError} CONFIG_INVALID that names the pattern.
   */
  static of(patterns: readonly string[], environment: Readonly<Record<string, string | undefined>>): Redactor {
    return new Redactor(patterns.map(compiled), literals(environment))
  }

  /** With the secrets of these variables too. */
  with(environment: Readonly<Record<string, string | undefined>>): Redactor {
    const more = literals(environment)
    return more.length === 0 ? this : new Redactor(this.#patterns, [...this.#literals, ...more].sort(longestFirst))
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0 && this.#literals.length === 0
  }

  text(text: string): string {
    if (this.isEmpty) return text
    return this.#lines(text, (literal) => literal.text)
  }

  /** @param lines whole ones. @returns the same bytes when there is nothing to take out. */
  bytes(lines: Buffer): Buffer {
    if (this.#patterns.length === 0 && !this.#literals.some(({ bytes }) => lines.includes(bytes))) return lines
    const encoding = isUtf8(lines) ? 'utf8' : 'latin1'
    const text = lines.toString(encoding)
    const redacted = this.#lines(text, (literal) => (encoding === 'utf8' ? literal.text : literal.latin1))
    return redacted === text ? lines : Buffer.from(redacted, encoding)
  }

  /** How much of what has come so far may be looked at and go out: whole lines, and of a very long one a piece. */
  cut(bytes: Buffer): number {
    const newline = bytes.lastIndexOf(0x0a)
    if (newline >= 0) return newline + 1
    return bytes.length < longLineBytes ? 0 : this.#cutLongLine(bytes.toString('latin1'))
  }

  stream(sink: (bytes: Buffer) => void): RedactedStream {
    if (this.isEmpty) return { write: (bytes) => sink(Buffer.from(bytes)), flush: () => {} }
    let held: Buffer[] = []
    let heldBytes = 0
    const emit = (all: boolean) => {
      const bytes = held.length === 1 ? held[0]! : Buffer.concat(held)
      const cut = all ? bytes.length : this.cut(bytes)
      if (cut > 0) sink(this.bytes(bytes.subarray(0, cut)))
      held = cut < bytes.length ? [bytes.subarray(cut)] : []
      heldBytes = bytes.length - cut
    }
    return {
      write: (bytes) => {
        held.push(Buffer.from(bytes))
        heldBytes += bytes.length
        if (bytes.includes(0x0a) || heldBytes >= longLineBytes) emit(false)
      },
      flush: () => {
        if (heldBytes > 0) emit(true)
      },
    }
  }

  #lines(text: string, form: (literal: Literal) => string): string {
    const literals = this.#literals.map(form)
    let whole = text
    for (const literal of literals) if (whole.includes(literal)) whole = whole.replaceAll(literal, mask)
    if (this.#patterns.length === 0) return whole
    let out = ''
    let from = 0
    for (let start = 0; start < whole.length; ) {
      const newline = whole.indexOf('\n', start)
      const next = newline < 0 ? whole.length : newline + 1
      const end = newline < 0 ? next : whole[newline - 1] === '\r' && newline > start ? newline - 1 : newline
      const line = whole.slice(start, end)
      let redacted = line
      for (const pattern of this.#patterns) redacted = redacted.replace(pattern, mask)
      if (redacted !== line) {
        out += whole.slice(from, start) + redacted
        from = end
      }
      start = next
    }
    return from === 0 && out === '' ? whole : out + whole.slice(from)
  }

  /** Before the overlap, and through no secret. All of it when a single secret seems to fill it. */
  #cutLongLine(line: string): number {
    let cut = line.length - overlapBytes
    for (let found: number | undefined = cut; found !== undefined; ) {
      cut = found
      found = this.#secretAcross(line, cut)
    }
    return cut > 0 ? cut : line.length
  }

  /** Where a secret begins that goes on beyond `cut`. */
  #secretAcross(line: string, cut: number): number | undefined {
    for (const { latin1 } of this.#literals) {
      const at = line.lastIndexOf(latin1, cut - 1)
      if (at >= 0 && at < cut && at + latin1.length > cut) return at
    }
    for (const pattern of this.#patterns)
      for (const { index, 0: match } of line.matchAll(pattern))
        if (index < cut && index + match.length > cut) return index
    return undefined
  }
}

function compiled(source: string): RegExp {
  try {
    const pattern = new RegExp(source, 'g')
    if (''.search(pattern) < 0) return pattern
  } catch (error) {
    throw new RookeryError('CONFIG_INVALID', `redact: ${errorMessage(error)}`)
  }
  throw new RookeryError('CONFIG_INVALID', `redact: ${source} matches an empty text, and so would take out nothing`)
}

/** Of a value of several lines, such as a key in PEM form, each line by itself. */
function literals(environment: Readonly<Record<string, string | undefined>>): Literal[] {
  const values = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && secretName.test(name) ? value.split('\n').map((line) => line.trim()) : [],
  )
  const secrets = [...new Set(values)].filter(({ length }) => length >= minSecretLength)
  return secrets.map(literal).sort(longestFirst)
}

function literal(text: string): Literal {
  const bytes = Buffer.from(text)
  return { text, bytes, latin1: bytes.toString('latin1') }
}

/** One that is part of another must not leave the rest of that. */
function longestFirst(a: Literal, b: Literal): number {
  return b.text.length - a.text.length
}
