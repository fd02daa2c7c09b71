import { DateTime, IANAZone } from 'luxon'
import type { Freeze } from '../../proto/http/api.ts'
import { type Issue, RookeryError } from '../../runtime/errors.ts'
import type { DatedFreeze, FreezeConfig, WeeklyFreeze } from './config.ts'
import { firstInstantOf, type LocalMinute, lastInstantOf } from './local-time.ts'

/** From the first instant on, until before the second; epoch ms. */
interface Span {
  readonly startMs: number
  readonly endMs: number
}

/** A freeze window whose zone and times make sense. */
export interface FreezeWindow {
  readonly name: string
  /** Null for all apps. */
  readonly apps: readonly string[] | null
  readonly timeZone: string
  /** When it is active from about yesterday on, in order, none touching the next; the days ahead of a weekly one are `daysAhead`. */
  readonly spans: (nowMs: number) => readonly Span[]
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** A week, and a day more, so that the next beginning is in sight from any moment. */
const daysAhead = 8
const dayMs = 86_400_000

/** @throws {RookeryError} CONFIG_INVALID, one issue for each field that is wrong. */
export function parseFreezes(freezes: readonly FreezeConfig[]): FreezeWindow[] {
  const issues: Issue[] = []
  const windows = freezes.map((freeze, index) => {
    const found = freezeIssues(freeze).map(({ field, message }) => ({ field: `freezes.${index}.${field}`, message }))
    issues.push(...found)
    return found.length > 0 ? [] : [toWindow(freeze)]
  })
  if (issues.length === 0) return windows.flat()
  const text = issues.map(({ field, message }) => `${field}: ${message}`).join('\n')
  throw new RookeryError('CONFIG_INVALID', text, { issues })
}

export function isActive(window: FreezeWindow, nowMs: number): boolean {
  return window.spans(nowMs).some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs)
}

/** When the window begins or ends next, epoch ms; null when it never does again. */
export function nextChangeMs(window: FreezeWindow, nowMs: number): number | null {
  const change = window
    .spans(nowMs)
    .flatMap(({ startMs, endMs }) => [startMs, endMs])
    .find((atMs) => atMs > nowMs)
  return change === undefined || change === Number.POSITIVE_INFINITY ? null : change
}

export function concerns({ apps }: FreezeWindow, app: string): boolean {
  return apps === null || apps.includes(app)
}

export function freezeView(window: FreezeWindow, nowMs: number): Freeze {
  const { name, apps, timeZone } = window
  return {
    ...{ name, apps: apps === null ? null : [...apps], timeZone },
    active: isActive(window, nowMs),
    changesAtMs: nextChangeMs(window, nowMs),
  }
}

function freezeIssues(freeze: FreezeConfig): Issue[] {
  if (!IANAZone.isValidZone(freeze.timeZone))
    return [{ field: 'timeZone', message: `${freeze.timeZone} is no time zone; name one such as Europe/Berlin` }]
  if ('weekly' in freeze) {
    const { from, to } = freeze.weekly
    const isEmpty = from === to
    return isEmpty ? [{ field: 'weekly.to', message: `is ${from} like from; 00:00 to 24:00 is a whole day` }] : []
  }
  const impossible = (['from', 'to'] as const).filter(
    (field) => !DateTime.fromISO(freeze[field], { zone: 'utc' }).isValid,
  )
  if (impossible.length > 0)
    return impossible.map((field) => ({ field, message: `${freeze[field]} is no date and time` }))
  return freeze.to > freeze.from ? [] : [{ field: 'to', message: `${freeze.to} is not after ${freeze.from}` }]
}

function toWindow(freeze: FreezeConfig): FreezeWindow {
  const { name, apps = null, timeZone } = freeze
  const spans = 'weekly' in freeze ? weeklySpans(freeze) : datedSpans(freeze)
  return { name, apps, timeZone, spans }
}

function datedSpans({ timeZone, from, to }: DatedFreeze): FreezeWindow['spans'] {
  const local = (text: string): LocalMinute => DateTime.fromISO(text, { zone: 'utc' })
  const span = { startMs: firstInstantOf(local(from), timeZone), endMs: lastInstantOf(local(to), timeZone) }
  return () => [span]
}

function weeklySpans({ timeZone, weekly }: WeeklyFreeze): FreezeWindow['spans'] {
  const [from, to] = [minuteOfDay(weekly.from), minuteOfDay(weekly.to)]
  const endDay = to > from ? 0 : 1
  return (nowMs) => {
    const today = DateTime.fromMillis(nowMs, { zone: timeZone })
    const date = DateTime.utc(today.year, today.month, today.day)
    const spans: Span[] = []
    // Of those that began yesterday, one may last until today.
    for (let day = -1; day <= daysAhead; day++) {
      const start = date.plus({ days: day })
      if (!weekly.days.includes(weekdays[start.weekday - 1]!)) continue
      const startMs = firstInstantOf(start.plus({ minutes: from }), timeZone)
      const endMs = lastInstantOf(start.plus({ days: endDay, minutes: to }), timeZone)
      const last = spans.at(-1)
      // The clock may leave out all of it.
      if (startMs >= endMs) continue
      if (last && last.endMs >= startMs) spans[spans.length - 1] = { ...last, endMs: Math.max(last.endMs, endMs) }
      else spans.push({ startMs, endMs })
    }
    return spans.map((span) => openEnded(span, nowMs))
  }
}

/** One that covers all days in sight goes on for ever. */
function openEnded(span: Span, nowMs: number): Span {
  const isEndless = span.startMs <= nowMs && span.endMs > nowMs + (daysAhead - 1) * dayMs
  return isEndless ? { ...span, endMs: Number.POSITIVE_INFINITY } : span
}

function minuteOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number)
  return hours! * 60 + minutes!
}
