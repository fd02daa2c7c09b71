import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import { timerPeriodsMs } from './timers.ts'

/** Addresses in one message at most, as BEP 11 recommends. */
const maxAddresses = 50
/** To clients that are none of ours, as BEP 11 asks. */
const foreignPeriodMs = 60_000

/** Tells peers of each other (ut_pex, BEP 11), so that a swarm holds together when its tracker is away. */
export class PeerExchange {
  readonly #core: EngineCore

  constructor(core: EngineCore) {
    this.#core = core
  }

  /** The peer says that it takes addresses. */
  onHello(nowMs: number): void {
    this.#core.timers.arm('exchange', nowMs + timerPeriodsMs.exchange)
  }

  /** The exchange timer. */
  tellAll(nowMs: number): void {
    const { connections, timers } = this.#core
    let isSomebodyThere = false
    for (const connection of connections.values()) {
      if (!connection.takesAddresses) continue
      isSomebodyThere = true
      if (connection.speaksOffers || nowMs - connection.exchangedMs >= foreignPeriodMs) this.#tell(connection, nowMs)
    }
    if (isSomebodyThere) timers.arm('exchange', nowMs + timerPeriodsMs.exchange)
  }

  /** What has changed since the peer was told last. */
  #tell(connection: Connection, nowMs: number): void {
    const { told } = connection
    const present = new Set<string>()
    for (const { listenAddress } of this.#core.connections.values())
      if (listenAddress !== undefined && listenAddress !== connection.listenAddress) present.add(listenAddress)
    const added = [...present].filter((address) => !told.has(address)).slice(0, maxAddresses)
    const dropped = [...told].filter((address) => !present.has(address)).slice(0, maxAddresses)
    if (added.length === 0 && dropped.length === 0) return
    for (const address of added) told.add(address)
    for (const address of dropped) told.delete(address)
    connection.exchangedMs = nowMs
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'exchange', added, dropped } })
  }
}
