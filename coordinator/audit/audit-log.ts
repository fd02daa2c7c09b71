import { ChainCheck, chainStart, entryHash } from '../../proto/audit-chain.ts'
import type { AuditEntry, AuditPage, AuditQuery, AuditVerification } from '../../proto/http/access.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { GroupedWork } from '../../runtime/grouped-work.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Database } from '../store/database.ts'
import { boundedParameters, boundedText } from './audit-parameters.ts'

/** Something that was done, or refused. */
export interface AuditRecord {
  /** Who, as far as it is proved: `token:…`, `oidc:…`, `host:…`, `chat:…`, `open`, `anonymous`. */
  readonly principal: string
  /** What, in stable words: `rollout.start`, `host.enrol`. */
  readonly action: string
  readonly target: string
  /** What was asked for; secrets in it are left out, and long ones cut. */
  readonly parameters: unknown
  /** Address it came from. */
  readonly source: string
  /** `ok`, or the code of the refusal. */
  readonly result: string
}

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
}

type Unchained = Omit<AuditEntry, 'number' | 'previousHash' | 'hash'>

interface Head {
  readonly number: number
  readonly hash: string
}

/** How often the service's log is told how long the chain is: what was cut off its end later can be seen by that. */
const anchorEveryMs = 15 * 60_000
const pageSize = 1_000
const noEntry: Head = { number: 0, hash: chainStart }

/** The append-only record of who did what: numbered without holes, each entry chained to the one before by its hash. */
export class AuditLog implements Component {
  readonly name = 'audit log'
  readonly #dependencies: Dependencies
  /** In order, and what comes together in one transaction. */
  readonly #writes = new GroupedWork<Unchained>((entries) => this.#append(entries))
  #timer: Timer | undefined
  /** The last entry written by this process. */
  #head: Head = noEntry
  #anchored = -1

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    this.#head = await this.#lastIn(this.#dependencies.database)
    this.#anchor()
    this.#timer = this.#dependencies.clock.every(anchorEveryMs, () => this.#anchor())
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.flush()
    this.#anchor()
  }

  /** Resolves once what was recorded so far is stored. */
  async flush(): Promise<void> {
    await this.#writes.idle()
  }

  /**
   * Resolves once it is stored.
   * @throws {RookeryError} UNAVAILABLE when it cannot be; then what it records must not be reported as done.
   */
  async record({ principal, action, target, parameters, source, result }: AuditRecord): Promise<void> {
    const { clock, logger } = this.#dependencies
    const entry = {
      atMs: clock.now(),
      principal: boundedText(principal, 300),
      action: boundedText(action, 100),
      target: boundedText(target, 300),
      parameters: boundedParameters(parameters),
      source: boundedText(source, 100),
      result: boundedText(result, 100),
    }
    try {
      await this.#writes.add(entry)
    } catch (error) {
      logger.error({ error, principal: entry.principal, action: entry.action }, 'the audit log cannot be written')
      const sentence = 'the audit log cannot be written, so this is not answered; look whether it was done'
      throw new RookeryError('UNAVAILABLE', sentence, { cause: error })
    }
  }

  /** Newest first. */
  async list(query: AuditQuery): Promise<AuditPage> {
    const { fromMs, toMs, principal, action, target, before, limit = 100 } = query
    let select = this.#dependencies.database.selectFrom('audit_entry').selectAll()
    if (fromMs !== undefined) select = select.where('at_ms', '>=', fromMs)
    if (toMs !== undefined) select = select.where('at_ms', '<', toMs)
    if (principal !== undefined) select = select.where('principal', '=', principal)
    if (target !== undefined) select = select.where('target', '=', target)
    if (before !== undefined) select = select.where('number', '<', before)
    if (action?.endsWith('*')) {
      // Not by LIKE, whose wildcards an action could hold; `*` comes before every character of an action.
      const prefix = action.slice(0, -1)
      select = select.where('action', '>=', prefix).where('action', '<', `${prefix}\u{10ffff}`)
    } else if (action !== undefined) select = select.where('action', '=', action)
    const rows = await select
      .orderBy('number', 'desc')
      .limit(limit + 1)
      .execute()
    const entries = rows.slice(0, limit).map(toEntry)
    return { entries, next: rows.length > limit ? (entries.at(-1)?.number ?? null) : null }
  }

  /** All entries behind a number, oldest first, page by page. */
  async *after(number: number): AsyncGenerator<readonly AuditEntry[]> {
    for (let last = number; ; ) {
      const rows = await this.#dependencies.database
        .selectFrom('audit_entry')
        .selectAll()
        .where('number', '>', last)
        .orderBy('number')
        .limit(pageSize)
        .execute()
      if (rows.length > 0) yield rows.map(toEntry)
      last = rows.at(-1)?.number ?? last
      if (rows.length < pageSize) return
    }
  }

  /** Computes every hash again. What this process wrote must be there, too: the end of a chain can be cut off unseen. */
  async verify(): Promise<AuditVerification> {
    const known = this.#head
    const check = new ChainCheck()
    for await (const page of this.after(0)) {
      for (const entry of page) {
        const isOther = entry.number === known.number && entry.hash !== known.hash
        if (isOther) check.breakAt(entry.number, 'the whole chain was written anew: this entry was another one')
        if (!check.add(entry)) return check.result
      }
    }
    if (check.nextNumber <= known.number)
      check.breakAt(check.nextNumber, `the chain was cut off: it had ${known.number} entries`)
    return check.result
  }

  async #append(entries: readonly Unchained[]): Promise<void> {
    this.#head = await this.#dependencies.database.transaction().execute(async (transaction) => {
      let head = await this.#lastIn(transaction)
      const chained = entries.map((entry): AuditEntry => {
        const unhashed = { ...entry, number: head.number + 1, previousHash: head.hash }
        head = { number: unhashed.number, hash: entryHash(unhashed) }
        return { ...unhashed, hash: head.hash }
      })
      await transaction.insertInto('audit_entry').values(chained.map(toRow)).execute()
      return head
    })
  }

  async #lastIn(database: Database): Promise<Head> {
    const row = await database
      .selectFrom('audit_entry')
      .select(['number', 'hash'])
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ?? noEntry
  }

  #anchor(): void {
    const { number, hash } = this.#head
    if (number === this.#anchored) return
    this.#anchored = number
    this.#dependencies.logger.info({ auditHead: `${number}:${hash}` }, 'head of the audit log')
  }
}

function toEntry(row: ReturnType<typeof toRow>): AuditEntry {
  const { at_ms, previous_hash, ...same } = row
  return { ...same, atMs: at_ms, previousHash: previous_hash }
}

function toRow({ atMs, previousHash, ...same }: AuditEntry) {
  return { ...same, at_ms: atMs, previous_hash: previousHash }
}
