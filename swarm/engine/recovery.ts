import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import type { Intake } from './intake.ts'
import { nobody } from './piece-progress.ts'
import type { Requests } from './requests.ts'

/** What a fetch among our own does when offers do not bring it on: it asks by itself, and as little as helps. */
export class Recovery {
  readonly #core: EngineCore
  readonly #intake: Intake
  readonly #requests: Requests

  constructor(core: EngineCore, intake: Intake, requests: Requests) {
    this.#core = core
    this.#intake = intake
    this.#requests = requests
  }

  /** Asks for what is left of pieces whose sender is gone or silent. */
  rescue(nowMs: number, except?: Connection): void {
    for (const progress of this.#core.pieces.started.values()) {
      if (progress.owner !== nobody || !progress.hasFreeBlock) continue
      const helper = this.#helperFor((connection) => connection !== except && connection.has.has(progress.piece))
      if (!helper) continue
      this.#requests.own(helper, progress)
      this.#requests.requestFree(helper, progress, nowMs)
    }
  }

  /** Nobody offers anything, or a piece comes far too slowly at the very end: asks somebody by ourselves. */
  pull(nowMs: number): void {
    const { pieces } = this.#core
    if (pieces.held.isFull) return
    let isWanting = false
    for (const { wantedCount } of this.#core.connections.values()) isWanting ||= wantedCount > 0
    if (!isWanting) return
    this.#requests.armPipeline(nowMs)
    if (pieces.order.size === 0) return this.#hurry(nowMs)
    if (!this.#intake.isIdle(nowMs) || this.#intake.isMemoryFull) return
    const isPatient = this.#isPatient(nowMs)
    const helper = this.#helperFor(
      ({ wantedCount, requests, isFar }) => wantedCount > 0 && requests.size === 0 && !(isFar && isPatient),
    )
    const piece = helper && pieces.order.first((candidate) => helper.has.has(candidate))
    if (piece !== undefined) this.#requests.requestFree(helper!, this.#requests.start(piece, helper!, nowMs), nowMs)
  }

  /** Asks a second peer for the last blocks of slow pieces; where our own way in is what is slow, that would only fill it. */
  #hurry(nowMs: number): void {
    if (this.#intake.isLinkFull(nowMs)) return
    const { pieces, limits } = this.#core
    const isPatient = this.#isPatient(nowMs)
    for (const progress of pieces.started.values()) {
      if (progress.isExclusive || progress.asked.size >= limits.maxDuplicates || !this.#intake.isSlow(progress, nowMs))
        continue
      const helper = this.#helperFor(
        ({ id, has, isFar }) => has.has(progress.piece) && !progress.asked.has(id) && !(isFar && isPatient),
      )
      if (!helper) continue
      for (let block = progress.blockCount - 1; block >= 0; block--)
        if (!progress.isReceived(block)) this.#requests.request(helper, progress, block, nowMs)
    }
  }

  /** Blocks come, so nothing need be asked of other zones. */
  #isPatient(nowMs: number): boolean {
    return nowMs - this.#core.lastBlockMs! < this.#core.limits.farPatienceMs
  }

  /** The peer of our own that is asked for least, of those that could help. */
  #helperFor(canHelp: (connection: Connection) => boolean): Connection | undefined {
    let best: Connection | undefined
    for (const connection of this.#core.connections.values()) {
      if (!connection.speaksOffers || connection.downlink.state !== 'open' || !canHelp(connection)) continue
      if (!best || isBetter(connection, best)) best = connection
    }
    return best
  }
}

/** Near ones before far ones, idle ones before busy ones. */
function isBetter(helper: Connection, than: Connection): boolean {
  if (helper.isFar !== than.isFar) return !helper.isFar
  return helper.requests.size < than.requests.size
}
