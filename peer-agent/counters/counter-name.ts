/** Longer names are refused: they are stored, sorted and shown as a whole. */
export const maxNameCharacters = 250

/**
 * A name as it is stored: parts with dots between them, then tags as Graphite writes them, sorted by key:
 * `web.requests;method=get;status=200`. A tag without a value is `true`. Of two tags with one key the first holds.
 * What has a meaning in a pattern becomes `_`.
 * @param tags each `key:value` or `key`.
 * @returns undefined when nothing is left of it, or it is too long.
 */
export function counterName(path: string, tags: readonly string[] = []): string | undefined {
  const cleaned = cleanPath(path)
  if (cleaned === '') return undefined
  if (tags.length === 0) return fitting(cleaned)
  const byKey = new Map<string, string>()
  for (const tag of tags) {
    const colon = tag.indexOf(':')
    const key = (colon < 0 ? tag : tag.slice(0, colon)).replace(/[^A-Za-z0-9_.-]/g, '_')
    const value = colon < 0 ? 'true' : tag.slice(colon + 1).replace(/[\s;*?{}[\](),'"=~]/g, '_')
    if (key !== '' && value !== '' && !byKey.has(key)) byKey.set(key, value)
  }
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))
  return fitting([cleaned, ...sorted.map(([key, value]) => `${key}=${value}`)].join(';'))
}

function cleanPath(path: string): string {
  return path
    .replace(/[\s/]+/g, '_')
    .replace(/[^A-Za-z0-9_.:%-]/g, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.|\.$/g, '')
}

function fitting(name: string): string | undefined {
  return name.length <= maxNameCharacters ? name : undefined
}
