import { RookeryError } from '../../../runtime/errors.ts'

const units: Record<string, number> = {
  ...{ s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 },
  ...{ mon: 30 * 86_400_000, y: 365 * 86_400_000 },
}
const long: Record<string, string> = {
  ...{ second: 's', seconds: 's', sec: 's', minute: 'min', minutes: 'min', hour: 'h', hours: 'h', day: 'd', days: 'd' },
  ...{ week: 'w', weeks: 'w', month: 'mon', months: 'mon', year: 'y', years: 'y' },
}

/** Milliseconds of `30min`, `-1d`, `7days`; undefined when it is none. */
export function spanMs(text: string): number | undefined {
  const match = /^([+-]?\d+)([a-z]+)$/.exec(text.trim().toLowerCase())
  const unit = match && units[long[match[2]!] ?? match[2]!]
  return unit ? Number(match[1]) * unit : undefined
}

/** `now`, `-6h`, `now-6h`, or seconds since the epoch. @throws {RookeryError} REQUEST_INVALID. */
export function momentMs(text: string, nowMs: number): number {
  const trimmed = text.trim()
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1_000
  const offset = trimmed.replace(/^now/, '')
  const ms = offset === '' ? 0 : spanMs(offset)
  if (ms !== undefined) return Math.max(0, nowMs + ms)
  throw new RookeryError('REQUEST_INVALID', `${trimmed} is no time: give -6h, now, or seconds since 1970`)
}
