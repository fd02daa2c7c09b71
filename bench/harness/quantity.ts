import { InvalidArgumentError } from 'commander'

const units: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/**
 * Bytes from "32MiB", "128KiB", "1GiB" or a bare number; for commander.
 * @throws {InvalidArgumentError}
 */
export function parseBytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([KMG]iB)?$/.exec(text) ?? []
  const bytes = Number(number) * (units[unit ?? ''] ?? Number.NaN)
  if (Number.isInteger(bytes) && bytes > 0) return bytes
  throw new InvalidArgumentError('Give bytes, or a size such as 128KiB, 32MiB, 1GiB.')
}

/** The largest unit that leaves a whole number. */
export function formatBytes(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    const amount = bytes / units[unit]!
    if (Number.isInteger(amount)) return `${amount} ${unit}`
  }
  return `${bytes} bytes`
}

export const parsePositive = numberParser(Number.MIN_VALUE, Number.MAX_VALUE, 'Give a positive number.')
export const parseCount = numberParser(1, 1_000_000, 'Give a whole number from 1.', Number.isInteger)
export const parseShare = numberParser(0, 1, 'Give a share from 0 to 1.')

function numberParser(least: number, most: number, hint: string, isGood: (value: number) => boolean = () => true) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && value >= least && value <= most && isGood(value)) return value
    throw new InvalidArgumentError(hint)
  }
}

/** Median, or the lower of the two in the middle: always a value that was measured. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** By nearest rank; `values` must not be empty. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!
}
