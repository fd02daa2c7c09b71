import type { Clock } from '../../runtime/clock.ts'
import { Allowance } from './allowance.ts'

/** How many connections that others made a session bears; those it dials itself are limited by `maxPeers` and `maxDials`. */
export interface DoorwayLimits {
  /** In all. Each costs some 10 KiB, with TLS 50; the peers of a torrent are limited beyond this (`maxPeers`). */
  readonly maxConnections: number
  /** From one address: several agents on a machine with some torrents each, or a zone behind one router. */
  readonly maxPerAddress: number
  /** That have not yet said which torrent they want. An honest peer says so within a round trip or two; the oldest goes. */
  readonly maxUnintroduced: number
  /** … from one address: a host that only stalls must not push out others. */
  readonly maxUnintroducedPerAddress: number
  /** New ones from one address: a TLS handshake costs about 1 ms of CPU, so that one host can claim a twentieth of a core. */
  readonly arrivals: { readonly perSecond: number; readonly burst: number }
}

export const doorwayLimits: DoorwayLimits = {
  maxConnections: 2_000,
  maxPerAddress: 200,
  maxUnintroduced: 256,
  maxUnintroducedPerAddress: 64,
  arrivals: { perSecond: 50, burst: 200 },
}

/** Addresses without a connection whose arrivals are still counted, at most. */
const maxRemembered = 4_096

interface Address {
  connections: number
  unintroduced: number
  readonly arrivals: Allowance
}

/** One connection that somebody made to us, from its first byte to its end. */
export interface Visitor {
  /** Ends the connection; set anew by whoever takes it over. */
  drop: (reason: string) => void
  /** It has said which torrent it wants, or is past waiting for. */
  introduced(): void
  left(): void
}

/** Who gets in: what is connected stays served, however many others knock. */
export class Doorway {
  readonly #limits: DoorwayLimits
  readonly #clock: Clock
  readonly #addresses = new Map<string, Address>()
  readonly #unintroduced = new Set<Visitor>()
  #connections = 0

  constructor(limits: DoorwayLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  get connections(): number {
    return this.#connections
  }

  get unintroduced(): number {
    return this.#unintroduced.size
  }

  /** Undefined when there is no room for one more. */
  enter(host: string, drop: (reason: string) => void): Visitor | undefined {
    const address = this.#addressOf(host)
    if (!this.#hasRoom(address)) return undefined
    const visitor = this.#admit(address, drop)
    if (this.#unintroduced.size > this.#limits.maxUnintroduced) {
      const [oldest] = this.#unintroduced
      oldest?.introduced()
      oldest?.drop('made room for another one: it did not introduce itself')
    }
    return visitor
  }

  /** Ends all that have not introduced themselves. */
  close(): void {
    for (const visitor of [...this.#unintroduced]) visitor.drop('stopping')
  }

  #hasRoom(address: Address): boolean {
    const { maxConnections, maxPerAddress, maxUnintroducedPerAddress } = this.#limits
    if (this.#connections >= maxConnections || address.connections >= maxPerAddress) return false
    return address.unintroduced < maxUnintroducedPerAddress && address.arrivals.take(1)
  }

  #admit(address: Address, drop: Visitor['drop']): Visitor {
    this.#connections++
    address.connections++
    address.unintroduced++
    let isHere = true
    const visitor: Visitor = {
      drop,
      introduced: () => {
        if (this.#unintroduced.delete(visitor)) address.unintroduced--
      },
      left: () => {
        if (!isHere) return
        isHere = false
        visitor.introduced()
        this.#connections--
        address.connections--
      },
    }
    this.#unintroduced.add(visitor)
    return visitor
  }

  #addressOf(host: string): Address {
    const known = this.#addresses.get(host)
    if (known) return known
    if (this.#addresses.size >= maxRemembered) this.#forgetIdle()
    const address = { connections: 0, unintroduced: 0, arrivals: new Allowance(this.#limits.arrivals, this.#clock) }
    this.#addresses.set(host, address)
    return address
  }

  /** Those that nothing is known of any more; when that is none, those that only knocked. */
  #forgetIdle(): void {
    const idle = [...this.#addresses].filter(([, { connections }]) => connections === 0)
    const calm = idle.filter(([, { arrivals }]) => arrivals.isFull)
    for (const [host] of calm.length > 0 ? calm : idle) this.#addresses.delete(host)
  }
}
