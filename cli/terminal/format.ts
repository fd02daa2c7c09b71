const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `1.3 s`, `2 min 5 s`, `3 h 20 min`; two units at most. */
export function formatDuration(ms: number): string {
  if (ms < second) return `${Math.round(ms)} ms`
  // Rounding may carry a second into the next minute; so round first, then choose the units.
  if (ms < minute - second / 2) return `${(ms / second).toFixed(1)} s`
  const seconds = Math.round(ms / second)
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  return minutes < 24 * 60 ? twoUnits(minutes, 60, 'h', 'min') : twoUnits(Math.round(minutes / 60), 24, 'd', 'h')
}

/** `512 B`, `1.4 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `14:02:11` of today, `2026-01-31 14:02:11` of another day; local time. */
export function formatTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`
  return at.toDateString() === new Date(nowMs).toDateString() ? clockTime(atMs) : `${date} ${clockTime(atMs)}`
}

/** `14:02:11`, local time. */
export function clockTime(atMs: number): string {
  const at = new Date(atMs)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')
}

/** `3 min ago (14:02:11)`. */
export function formatMoment(atMs: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - atMs)
  const age = ageMs < second ? 'just now' : `${roughly(ageMs)} ago`
  return `${age} (${formatTime(atMs, nowMs)})`
}

/** A revision as people quote it: the first 10 digits of a commit id, anything else as it is. */
export function shortRevision(revision: string): string {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision.slice(0, 10)
  return revision.startsWith('sha256:') ? revision.slice(0, 'sha256:'.length + 10) : revision
}

/** `1 host`, `3 hosts`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`
}

/** Milliseconds of `90s`, `10m`, `2h`, `7d`; undefined when it is no duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)$/.exec(text)
  if (!match) return undefined
  const units = { ms: 1, s: second, m: minute, min: minute, h: hour, d: day }
  return Number(match[1]) * units[match[2] as keyof typeof units]
}

function roughly(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  return ms < 2 * day ? `${Math.floor(ms / hour)} h` : `${Math.floor(ms / day)} d`
}

function twoUnits(count: number, perUnit: number, large: string, small: string): string {
  const rest = count % perUnit
  return `${Math.floor(count / perUnit)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
