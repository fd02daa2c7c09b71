import { stripVTControlCharacters } from 'node:util'

/** Levels of log lines, rising. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LineLevel = (typeof logLevels)[number]

const words: Readonly<Record<string, LineLevel>> = {
  ...{ trace: 'trace', finest: 'trace', finer: 'trace' },
  ...{ debug: 'debug', dbg: 'debug', verbose: 'debug', fine: 'debug' },
  ...{ info: 'info', information: 'info', informational: 'info', inf: 'info', notice: 'info' },
  ...{ warn: 'warn', warning: 'warn', wrn: 'warn' },
  ...{ error: 'error', err: 'error', severe: 'error' },
  ...{
    fatal: 'fatal',
    critical: 'fatal',
    crit: 'fatal',
    alert: 'fatal',
    emerg: 'fatal',
    emergency: 'fatal',
    panic: 'fatal',
  },
}
const word = Object.keys(words).join('|')

/** Where loggers put the level of a JSON line: pino, bunyan, winston, zap, log4j, Google Cloud, ECS. */
const jsonFields = ['level', 'severity', 'lvl', 'levelname', 'log.level', 'loglevel', '@l'] as const
/** By number of syslog, RFC 5424 section 6.2.1. */
const syslogLevels: readonly LineLevel[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug']
const klogLevels: Readonly<Record<string, LineLevel>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' }

/** A level stands near the start of a line. */
const headChars = 160
/** Digits and signs of a date and time, also `2026-01-31T10:00:00.000Z` and `[10:00:00]`. */
const timestamp = String.raw`(?:[\s\[(]*\d[\dT:.,/+\-\s|Z]*[\])]?)?`
const bracketed = String.raw`(?:\s*\[[^\]]{1,40}\])`
const logfmt = new RegExp(String.raw`(?:^|\s)(?:level|lvl|severity)=["']?(${word})\b`, 'i')
const syslogPrefix = /^<([0-7])>/
const klogPrefix = /^([IWEF])\d{4} \d\d:\d\d:/
/** `ERROR text`, `[error] text`, `Error: text`, `warn - text`, behind a time and up to two things in brackets. */
const textPrefix = new RegExp(
  String.raw`^${timestamp}${bracketed}{0,2}?\s*(?:[\[(<](${word})[\])>]|(${word})\s*(?::|\||-\s)|(${word.toUpperCase()})(?![A-Za-z0-9_]))`,
  'i',
)

/** The level a line tells of itself: a JSON line by its field, any other by its first word. Undefined when it tells none. */
export function levelOf(line: string): LineLevel | undefined {
  const plain = line.includes('\x1b') ? stripVTControlCharacters(line) : line
  return plain.trimStart().startsWith('{') ? levelOfJson(plain) : levelOfText(plain.slice(0, headChars))
}

/** Whether `level` is `least` or more. */
export function isAtLeast(level: LineLevel, least: LineLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least)
}

function levelOfJson(line: string): LineLevel | undefined {
  try {
    const fields = JSON.parse(line) as Record<string, unknown>
    for (const field of jsonFields) {
      const level = levelOfValue(Object.hasOwn(fields, field) ? fields[field] : undefined)
      if (level) return level
    }
    const { log } = fields
    return typeof log === 'object' && log !== null ? levelOfValue((log as { level?: unknown }).level) : undefined
  } catch {
    return undefined
  }
}

function levelOfValue(value: unknown): LineLevel | undefined {
  if (typeof value === 'string') return /^\d+$/.test(value) ? levelOfNumber(Number(value)) : levelOfWord(value)
  return typeof value === 'number' ? levelOfNumber(value) : undefined
}

/** Below 10, a severity of syslog, as GELF has it; from 10, a level of pino or bunyan. */
function levelOfNumber(value: number): LineLevel | undefined {
  if (value < 10) return syslogLevels[value]
  return logLevels[Math.min(Math.floor(value / 10), logLevels.length) - 1]
}

function levelOfWord(value: string): LineLevel | undefined {
  const key = value.toLowerCase()
  return Object.hasOwn(words, key) ? words[key] : undefined
}

function levelOfText(line: string): LineLevel | undefined {
  const syslog = syslogPrefix.exec(line)
  if (syslog) return syslogLevels[Number(syslog[1])]
  const klog = klogPrefix.exec(line)
  if (klog) return klogLevels[klog[1]!]
  const prefix = textPrefix.exec(line)
  const found = prefix && (prefix[1] ?? prefix[2] ?? (isUpperCase(prefix[3]!) ? prefix[3] : undefined))
  return levelOfWord(found ?? logfmt.exec(line)?.[1] ?? '')
}

/** `Info about the door` is a sentence, `INFO about the door` a level. */
function isUpperCase(text: string): boolean {
  return text === text.toUpperCase()
}
