/** More of what was asked for tells nobody anything; a caller must not fill the log with one call. */
const maxLength = 4_096
const maxTextLength = 500
const maxItems = 50
const maxDepth = 6
const secretKey = /token|secret|passw|credential|authorization|private|(^|[a-z_-])key$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const controls = /[\x00-\x1f\x7f-\x9f]/g
const leftOut = '[left out]'

/** What was asked for as JSON text, without secrets and of bounded length. */
export function boundedParameters(value: unknown): string {
  const text = JSON.stringify(cleaned(value, 0)) ?? '{}'
  return text.length <= maxLength ? text : JSON.stringify({ cut: text.slice(0, maxLength).toWellFormed() })
}

/** A text for one field of an entry: no line breaks, no half characters, of bounded length. */
export function boundedText(text: string, length: number): string {
  return text.slice(0, length).toWellFormed().replace(controls, '\ufffd')
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanedText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= maxDepth) return leftOut
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => cleaned(item, depth + 1))
    return value.length > maxItems ? [...items, `… ${value.length - maxItems} more`] : items
  }
  const entries = Object.entries(value).slice(0, maxItems)
  return Object.fromEntries(
    entries.map(([key, item]) => [boundedText(key, 100), secretKey.test(key) ? leftOut : cleaned(item, depth + 1)]),
  )
}

/** Also in the middle of a text: a password in a URL, a secret in its query, a token that somebody pasted. */
function cleanedText(text: string): string {
  return text
    .slice(0, maxTextLength)
    .toWellFormed()
    .replace(/:\/\/[^/\s@]+@/g, `://${leftOut}@`)
    .replace(/([?&][^=&\s]*(?:token|secret|passw|key|signature)[^=&\s]*=)[^&#\s]+/gi, `$1${leftOut}`)
    .replace(/\b(rkj?_[0-9a-f]{8,32})_[\w.-]+/g, `$1_${leftOut}`)
}
