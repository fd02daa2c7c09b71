import { stripVTControlCharacters, styleText } from 'node:util'
import { type Column, tableLines } from './table.ts'

/** Where a command writes: the process's own streams, or what a test gives. */
export interface TerminalStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** What a command prints: text for people, or with `--json` one JSON object a line. Remarks go to stderr. */
export class Output {
  readonly json: boolean
  readonly stdout: TerminalStream
  readonly #stderr: TerminalStream

  constructor(options: { json: boolean }, streams: { stdout: TerminalStream; stderr: TerminalStream }) {
    this.json = options.json
    this.stdout = streams.stdout
    this.#stderr = streams.stderr
  }

  /** Whether somebody looks on, so that lines may be redrawn. */
  get isTerminal(): boolean {
    return this.stdout.isTTY === true && !this.json
  }

  line(text = ''): void {
    this.stdout.write(`${shown(text, this.stdout)}\n`)
  }

  object(value: unknown): void {
    this.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** A remark that is not part of the result. */
  note(text: string): void {
    this.#stderr.write(`${shown(text, this.#stderr)}\n`)
  }

  /** A list: one object a line, or a table, or the sentence that says there is nothing. */
  list<T>(rows: readonly T[], columns: readonly Column<T>[], nothing: string): void {
    if (this.json) for (const row of rows) this.object(row)
    else if (rows.length === 0) this.note(nothing)
    else
      for (const [index, line] of tableLines(rows, columns).entries())
        this.line(index === 0 ? this.style('dim', line) : line)
  }

  /** Styled where the stream shows it and NO_COLOR does not forbid it. */
  style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.stdout as never, validateStream: true })
  }

  /** Text from a build or an app as it may be shown: a terminal must not be steered by it. */
  foreign(text: string): string {
    return this.stdout.isTTY === true ? withoutControls(text) : text
  }
}

export function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return stripVTControlCharacters(text).replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
}

/**
 * A line as a terminal may have it: hosts and apps have a say in messages, versions and names, and must not move the cursor,
 * set titles or fill the clipboard. Styles pass.
 */
export function shown(text: string, stream: TerminalStream): string {
  if (stream.isTTY !== true) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/(\x1b\[[0-9;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (_, style: string | undefined) => style ?? '')
}
