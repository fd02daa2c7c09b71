import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'

export type AbsenceEnd =
  /** Nobody knows where it is. */
  | { readonly type: 'hostLost'; readonly host: string; readonly message: string }
  /** It went on purpose. */
  | { readonly type: 'hostLeft'; readonly host: string; readonly why: string }

interface Options {
  /** How long a host in flight may be away. */
  readonly graceMs: number
}

interface Dependencies {
  /** Whether a host is in the inventory; null when there is none. */
  readonly isInInventory: (host: string) => boolean | null
  /** Whether a host that went should be there; null when nobody knows. */
  readonly shouldBeAlive: (host: string) => Promise<boolean | null>
  readonly onEnd: (end: AbsenceEnd) => Promise<void>
  readonly clock: Clock
  readonly logger: Logger
}

const notInInventory = 'it is no longer in the inventory'

/** Agents that are away: each may come back for a grace time, then it is judged whether its host left or is lost. */
export class Absences implements Component {
  readonly name = 'absences'
  readonly #graceMs: number
  readonly #dependencies: Dependencies
  readonly #timers = new Map<string, Timer>()
  readonly #away = new Set<string>()
  readonly #saidGoodbye = new Set<string>()
  #isStopped = false

  constructor({ graceMs }: Options, dependencies: Dependencies) {
    this.#graceMs = graceMs
    this.#dependencies = dependencies
  }

  came(host: string): void {
    this.#stopTimer(host)
    this.#away.delete(host)
    this.#saidGoodbye.delete(host)
  }

  /** Its grace time begins. One that says goodbye may be an agent that is only restarted, so that has the same. */
  went(host: string, saidGoodbye: boolean): void {
    if (this.#isStopped) return
    this.#away.add(host)
    if (saidGoodbye) this.#saidGoodbye.add(host)
    if (this.#timers.has(host)) return
    const judge = () => {
      this.#timers.delete(host)
      void this.#judge(host)
    }
    this.#timers.set(host, this.#dependencies.clock.after(this.#graceMs, judge))
  }

  /** The inventory no longer names it. One that is connected goes on until its agent does. */
  leftInventory(host: string): void {
    if (!this.#away.has(host)) return
    this.#stopTimer(host)
    void this.#end({ type: 'hostLeft', host, why: notInInventory })
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers.values()) timer.cancel()
  }

  async #judge(host: string): Promise<void> {
    const why = await this.#whyItLeft(host)
    // It may have come back while somebody was asked.
    if (this.#isStopped || !this.#away.has(host)) return
    const message = `its agent was away for more than ${this.#graceMs} ms`
    await this.#end(why === null ? { type: 'hostLost', host, message } : { type: 'hostLeft', host, why })
  }

  async #end(end: AbsenceEnd): Promise<void> {
    const { onEnd, logger } = this.#dependencies
    await onEnd(end).catch((error) => logger.error({ host: end.host, error }, 'the end of an absence was not noted'))
  }

  #stopTimer(host: string): void {
    this.#timers.get(host)?.cancel()
    this.#timers.delete(host)
  }

  async #whyItLeft(host: string): Promise<string | null> {
    const { isInInventory, shouldBeAlive, logger } = this.#dependencies
    if (isInInventory(host) === false) return notInInventory
    const shouldBe = await shouldBeAlive(host).catch((error) => {
      logger.warn({ host, error }, `whether a host should be alive is not known: ${errorMessage(error)}`)
      return null
    })
    if (shouldBe === false) return 'it was terminated on purpose'
    return this.#saidGoodbye.has(host) && shouldBe === null ? 'its agent said goodbye' : null
  }
}
