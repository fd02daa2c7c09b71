import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import type { Output, Style } from './output.ts'

/** A piece of a line with one style; a line is cut to the terminal's width before it is styled. */
export interface Segment {
  readonly text: string
  readonly style?: Style
}

export type StyledLine = readonly Segment[]

const fallbackColumns = 80
const fallbackRows = 24

/** Lines at the bottom of a terminal that are redrawn in place. */
export class LiveBlock {
  readonly #output: Output
  #lines: readonly StyledLine[] = []
  #drawn = 0

  constructor(output: Output) {
    this.#output = output
  }

  /** Most lines that can be redrawn: what has scrolled off the screen is out of reach. */
  get maxLines(): number {
    return Math.max(1, (this.#output.stdout.rows || fallbackRows) - 2)
  }

  draw(lines: readonly StyledLine[]): void {
    this.#lines = lines.slice(0, this.maxLines)
    this.#erase()
    const columns = this.#output.stdout.columns || fallbackColumns
    for (const line of this.#lines) this.#output.line(this.#styled(fitted(line, columns - 1)))
    this.#drawn = this.#lines.length
  }

  /** A line that stays, above the block. */
  print(text: string): void {
    this.#erase()
    this.#output.line(text)
    this.draw(this.#lines)
  }

  /** Leaves the block on the screen as it is. */
  release(): void {
    this.#lines = []
    this.#drawn = 0
  }

  #erase(): void {
    const { stdout } = this.#output
    if (this.#drawn > 0) {
      moveCursor(stdout, 0, -this.#drawn)
      cursorTo(stdout, 0)
      clearScreenDown(stdout)
    }
    this.#drawn = 0
  }

  #styled(line: StyledLine): string {
    return line.map(({ text, style }) => (style ? this.#output.style(style, text) : text)).join('')
  }
}

/** The line cut to `columns`, with an ellipsis where something is missing. */
export function fitted(line: StyledLine, columns: number): StyledLine {
  const length = line.reduce((sum, segment) => sum + [...segment.text].length, 0)
  if (length <= columns) return line
  const kept: Segment[] = []
  let room = columns - 1
  for (const { text, style } of line) {
    const characters = [...text].slice(0, room)
    if (characters.length > 0) kept.push({ text: characters.join(''), style })
    room -= characters.length
  }
  return [...kept, { text: '…' }]
}
