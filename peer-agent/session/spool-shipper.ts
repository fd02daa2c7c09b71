import type { AgentDraft } from '../../proto/session.ts'
import { type Clock, sleep } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Spool } from '../spool/spool.ts'

interface Dependencies {
  readonly spool: Spool
  /** False when no session stands. */
  readonly send: (draft: AgentDraft) => boolean
  readonly clock: Clock
  readonly logger: Logger
}

/** Far below the session's frame limit, and a moment's work for the coordinator's store. */
const batchBytes = 256 * 1024
const drainPollMs = 20
/** While nobody takes the records, they are synced so often: what a power cut may cost. */
const idleSyncMs = 1_000

/**
 * Sends the spool's records in order, one batch at a time: the next follows the acknowledgement of the last, so that
 * a slow coordinator is never flooded. After a reconnect it goes on behind what the Welcome says is stored.
 */
export class SpoolShipper {
  readonly #dependencies: Dependencies
  #connected = false
  #position = 0
  #acknowledged = 0
  #inFlight = false
  #idleSync = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    dependencies.spool.onAppend(() => this.#pump())
  }

  welcomed(storedThrough: number): void {
    this.#connected = true
    this.#inFlight = false
    this.#settle(storedThrough)
    this.#position = storedThrough
    this.#pump()
  }

  disconnected(): void {
    this.#connected = false
    this.#inFlight = false
  }

  acknowledged(spoolId: string, number: number): void {
    if (spoolId !== this.#dependencies.spool.id || !this.#connected) return
    this.#settle(number)
    if (number < this.#position) return
    this.#inFlight = false
    this.#pump()
  }

  /** Waits until everything is acknowledged, for at most `deadlineMs`: the agent is about to stop. */
  async drain(deadlineMs: number): Promise<void> {
    const { clock, spool } = this.#dependencies
    const untilMs = clock.monotonicMs() + deadlineMs
    while (this.#connected && this.#acknowledged < spool.lastNumber && clock.monotonicMs() < untilMs)
      await sleep(clock, drainPollMs)
    await spool.sync()
  }

  #settle(number: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, number)
    this.#dependencies.spool.acknowledge(number)
  }

  #pump(): void {
    if (!this.#connected) return this.#syncSoon()
    if (this.#inFlight || this.#dependencies.spool.lastNumber <= this.#position) return
    this.#inFlight = true
    void this.#shipNext().catch((error) => {
      // Until the next session: the line that tells of it must not bring about the next failure.
      this.#connected = false
      this.#dependencies.logger.error({ error }, `the spool cannot be sent: ${errorMessage(error)}`)
    })
  }

  async #shipNext(): Promise<void> {
    const { spool, send } = this.#dependencies
    const through = spool.lastNumber
    await spool.sync()
    const records = this.#connected ? spool.read(this.#position, through, batchBytes) : []
    const last = records.at(-1)
    if (!last || !send({ spoolBatch: { spoolId: spool.id, records: records as never } })) {
      this.#inFlight = false
      return
    }
    this.#position = last.number
  }

  #syncSoon(): void {
    if (this.#idleSync) return
    this.#idleSync = true
    this.#dependencies.clock.after(idleSyncMs, () => {
      this.#idleSync = false
      void this.#dependencies.spool.sync().catch(() => {})
    })
  }
}
