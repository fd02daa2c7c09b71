export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = count
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_500) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return minutes < 60
    ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function age(atMs, nowMs = Date.now()) {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`
}

export function clockTime(atMs) {
  return new Date(atMs).toLocaleTimeString([], { hour12: false })
}

export function shortRevision(revision) {
  if (revision === null) return ''
  if (revision.startsWith('sha256:')) return revision.slice(0, 17)
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision
}

export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

export function compact(number) {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(number)
}
