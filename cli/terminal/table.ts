import { stripVTControlCharacters } from 'node:util'

export interface Column<T> {
  readonly heading: string
  readonly value: (row: T) => string
  readonly align?: 'left' | 'right'
}

/** Where output is no terminal that has a width. */
export const fallbackColumns = 80

const gap = '  '

/** The rows as aligned columns under their headings; styled cells keep their place. */
export function tableLines<T>(rows: readonly T[], columns: readonly Column<T>[]): string[] {
  const cells = [
    columns.map((column) => column.heading),
    ...rows.map((row) => columns.map((column) => column.value(row))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => visibleWidth(line[index] ?? ''))))
  return cells.map((line) =>
    line
      .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align))
      .join(gap)
      .trimEnd(),
  )
}

export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length
}

/** Cut to `width` columns, with an ellipsis where something is missing. Only for text without styles. */
export function truncated(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

function pad(cell: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - visibleWidth(cell)))
  return align === 'right' ? space + cell : cell + space
}
