import { InvalidArgumentError } from 'commander'
import { RookeryError } from '../runtime/errors.ts'
import { parseDurationMs } from './terminal/format.ts'

/** A whole number from 1. */
export function parseCount(text: string): number {
  return parseInteger(text, 1, Number.MAX_SAFE_INTEGER)
}

/** A whole number from 0, such as a cursor. */
export function parseCursor(text: string): number {
  return parseInteger(text, 0, Number.MAX_SAFE_INTEGER)
}

export function parsePort(text: string): number {
  return parseInteger(text, 1, 65_535)
}

/** A rate in Mbit/s: any number above 0. */
export function parseMbit(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (rate > 0 && rate <= 1_000_000) return rate
  throw new InvalidArgumentError('Give a rate in Mbit/s, such as 100 or 0.5.')
}

/** A number from 0 to 100. */
export function parsePercentile(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value <= 100) return value
  throw new InvalidArgumentError('Give a number from 0 to 100.')
}

/** Milliseconds of `90s`, `10m`, `2h`. */
export function parseDuration(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === undefined) throw new InvalidArgumentError('Give a duration such as 90s, 10m, 2h or 7d.')
  return ms
}

/**
 * A point in time: `10m` is so long ago, else a date with or without a time, local where it names no zone.
 * @throws {RookeryError} USAGE.
 */
export function parseMoment(text: string, nowMs: number): number {
  const agoMs = parseDurationMs(text)
  // A date alone is UTC to JavaScript; people mean their own midnight.
  const atMs = agoMs === undefined ? Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text) : nowMs - agoMs
  if (/^\d+$/.test(text) || Number.isNaN(atMs))
    throw new RookeryError('USAGE', `${text} is no time: give a duration such as 10m or 2h, or 2026-01-31T10:00`)
  return Math.max(0, Math.round(atMs))
}

/** An option that may be repeated. */
export function collectText(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

function parseInteger(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const limit = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  throw new InvalidArgumentError(`Give a whole number ${limit}.`)
}
