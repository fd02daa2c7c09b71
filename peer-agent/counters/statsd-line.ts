import { counterName } from './counter-name.ts'

/** What one line of StatsD says. `weight` is for how many observations each value stands: 1 divided by the sample rate. */
export type StatsdSample =
  | {
      readonly kind: 'counter' | 'timer'
      readonly name: string
      readonly values: readonly number[]
      readonly weight: number
    }
  | { readonly kind: 'gauge'; readonly name: string; readonly value: number; readonly isRelative: boolean }
  | { readonly kind: 'set'; readonly name: string; readonly member: string }

/** `event` is for DogStatsD's events and service checks, which are not counters. */
export type StatsdFault = { readonly fault: 'event' } | { readonly fault: 'malformed'; readonly reason: string }

const kinds = { c: 'counter', g: 'gauge', ms: 'timer', h: 'timer', d: 'timer', s: 'set' } as const
const maxRememberedNames = 20_000
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** Reads lines of StatsD, with tags, several values and distributions as DogStatsD has them. */
export class StatsdReader {
  /** Names as they stand in lines, with their tags: the same few come again and again. */
  readonly #names = new Map<string, string | undefined>()

  /** @param line without its end: `web.requests:1|c|@0.1|#method:get`. */
  read(line: string): StatsdSample | StatsdFault {
    if (line.startsWith('_e{') || line.startsWith('_sc|')) return { fault: 'event' }
    const [head, type, ...extras] = line.split('|')
    const colon = head!.indexOf(':')
    if (colon < 1 || type === undefined) return malformed('it is not name:value|type')
    if (!Object.hasOwn(kinds, type)) return malformed(`${JSON.stringify(type.slice(0, 20))} is no type`)
    let rate = 1
    let tags = ''
    for (const extra of extras) {
      if (extra.startsWith('@')) rate = Number(extra.slice(1))
      else if (extra.startsWith('#')) tags = extra.slice(1)
      else if (extra.startsWith('T')) return malformed('it has a time of its own')
    }
    if (!(rate > 0 && rate <= 1)) return malformed('its sample rate is not between 0 and 1')
    const name = this.#nameOf(head!.slice(0, colon), tags)
    if (name === undefined) return malformed('its name is empty or too long')
    const text = head!.slice(colon + 1)
    const kind = kinds[type as keyof typeof kinds]
    if (kind === 'set') return text === '' ? malformed('a set needs a member') : { kind, name, member: text }
    const values = text.split(':').map(toNumber)
    if (!values.every(Number.isFinite)) return malformed('its value is no number')
    if (kind !== 'gauge') return { kind, name, values, weight: 1 / rate }
    return { kind, name, value: values.at(-1)!, isRelative: text.startsWith('+') || text.startsWith('-') }
  }

  #nameOf(path: string, tags: string): string | undefined {
    const key = tags === '' ? path : `${path}|${tags}`
    if (this.#names.has(key)) return this.#names.get(key)
    if (this.#names.size >= maxRememberedNames) this.#names.clear()
    const name = counterName(path, tags === '' ? [] : tags.split(','))
    this.#names.set(key, name)
    return name
  }
}

function toNumber(text: string): number {
  return decimal.test(text) ? Number(text) : Number.NaN
}

function malformed(reason: string): StatsdFault {
  return { fault: 'malformed', reason }
}
