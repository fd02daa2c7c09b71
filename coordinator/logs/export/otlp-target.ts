import { readFile } from 'node:fs/promises'
import type { Clock } from '../../../runtime/clock.ts'
import type { OtlpExport } from './config.ts'
import { type ExportRecord, type ExportTarget, Refused } from './export-record.ts'
import { otlpRequest } from './otlp-request.ts'

const deadlineMs = 15_000
/** What says that the request itself is wrong; anything else, also a wrong token, can be put right. */
const refusals = new Set([400, 413, 415, 422])

interface Answer {
  readonly partialSuccess?: { readonly rejectedLogRecords?: string | number; readonly errorMessage?: string }
}

/** OTLP over HTTP, JSON. */
export class OtlpTarget implements ExportTarget {
  readonly #options: OtlpExport
  readonly #clock: Clock
  #fetch: typeof globalThis.fetch | undefined

  constructor(options: OtlpExport, { clock }: { clock: Clock }) {
    this.#options = options
    this.#clock = clock
  }

  async send(records: readonly ExportRecord[]): Promise<void> {
    this.#fetch ??= await fetchWith(this.#options.caFile)
    const response = await this.#fetch(this.#options.otlp, {
      method: 'POST',
      headers: { ...(await this.#headers()), 'content-type': 'application/json' },
      body: JSON.stringify(otlpRequest(records, this.#clock.now())),
      signal: AbortSignal.timeout(deadlineMs),
    })
    const text = await response.text()
    if (refusals.has(response.status)) throw new Refused(`HTTP ${response.status}: ${text.slice(0, 200)}`)
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    const { rejectedLogRecords = 0, errorMessage = '' } = answerOf(text).partialSuccess ?? {}
    if (Number(rejectedLogRecords) > 0)
      throw new Refused(`${rejectedLogRecords} of ${records.length} records refused: ${errorMessage}`)
  }

  async close(): Promise<void> {}

  /** `Name: value`, one a line; read again each time, so that a token may be renewed. */
  async #headers(): Promise<Record<string, string>> {
    const { headersFile } = this.#options
    if (headersFile === undefined) return {}
    const lines = (await readFile(headersFile, 'utf8')).split('\n').filter((line) => line.includes(':'))
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
    )
  }
}

async function fetchWith(caFile: string | undefined): Promise<typeof globalThis.fetch> {
  if (caFile === undefined) return globalThis.fetch
  const ca = await readFile(caFile)
  const { Agent, fetch } = await import('undici')
  const dispatcher = new Agent({ connect: { ca } })
  return ((input, init) => fetch(input as string, { ...(init as object), dispatcher })) as typeof globalThis.fetch
}

function answerOf(text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return {}
  }
}
