import { jittered, type Random } from '../../runtime/random.ts'
import type { PeerId } from '../identifiers.ts'
import type { EngineLimits } from './limits.ts'

/** What is known of an address. */
type AddressState =
  | { readonly kind: 'idle'; readonly notBeforeMs: number }
  | { readonly kind: 'dialing' }
  | { readonly kind: 'connected' }
  /** Never again: it is ourselves, or it was banned. */
  | { readonly kind: 'barred' }

interface Entry {
  state: AddressState
  /** Dials and short connections in a row that led to nothing. */
  failures: number
  peerId: PeerId | undefined
}

/** First wait before an address is dialled again; doubles with each failure. */
const retryMs = 1_000
const maxRetryMs = 60_000
/** An address that failed this often is forgotten until somebody names it again. */
const maxFailures = 8
/** Two that hold everything have nothing to say to each other; long, since holding everything does not wear off. */
const bothCompleteMs = 600_000

/** The addresses a torrent knows, and when each may be dialled. */
export class PeerDirectory {
  readonly #limits: EngineLimits
  readonly #random: Random
  readonly #entries = new Map<string, Entry>()
  #dialing = 0

  constructor(limits: EngineLimits, random: Random) {
    this.#limits = limits
    this.#random = random
  }

  get dialing(): number {
    return this.#dialing
  }

  get size(): number {
    return this.#entries.size
  }

  add(addresses: readonly string[]): void {
    for (const address of addresses) {
      if (this.#entries.has(address)) continue
      if (this.#entries.size >= this.#limits.maxAddresses && !this.#evict()) return
      this.#entries.set(address, { state: { kind: 'idle', notBeforeMs: 0 }, failures: 0, peerId: undefined })
    }
  }

  /** An address to dial now, marked so; undefined when none may be. */
  takeDialable(nowMs: number, isConnected: (peerId: PeerId) => boolean): string | undefined {
    for (const [address, entry] of this.#entries) {
      if (entry.state.kind !== 'idle' || entry.state.notBeforeMs > nowMs) continue
      if (entry.peerId !== undefined && isConnected(entry.peerId)) continue
      entry.state = { kind: 'dialing' }
      this.#dialing++
      return address
    }
    return undefined
  }

  /** When the next address may be dialled; infinite when there is none. */
  nextDialMs(isConnected: (peerId: PeerId) => boolean): number {
    let next = Number.POSITIVE_INFINITY
    for (const { state, peerId } of this.#entries.values()) {
      if (state.kind !== 'idle' || state.notBeforeMs >= next) continue
      if (peerId === undefined || !isConnected(peerId)) next = state.notBeforeMs
    }
    return next
  }

  /** The peer at this address says who it is; we may know it from a connection that it made to us. */
  identify(address: string, peerId: PeerId): void {
    this.add([address])
    const entry = this.#entries.get(address)
    if (entry && entry.state.kind !== 'barred') entry.peerId = peerId
  }

  connected(address: string, peerId: PeerId): void {
    const entry = this.#leaveDialing(address)
    if (!entry) return
    entry.state = { kind: 'connected' }
    entry.peerId = peerId
  }

  dialFailed(address: string, nowMs: number): void {
    const entry = this.#leaveDialing(address)
    if (entry && entry.state.kind !== 'barred') this.#retry(address, entry, nowMs, false)
  }

  /** @param wasUseful the connection lasted or brought blocks, so the address is worth dialling soon. */
  disconnected(address: string, nowMs: number, wasUseful: boolean): void {
    const entry = this.#entries.get(address)
    if (entry?.state.kind === 'connected' || entry?.state.kind === 'idle') this.#retry(address, entry, nowMs, wasUseful)
  }

  /** Not for a long while: both sides hold everything. */
  rest(address: string, nowMs: number): void {
    const entry = this.#entries.get(address)
    if (entry && entry.state.kind !== 'barred')
      entry.state = { kind: 'idle', notBeforeMs: nowMs + jittered(bothCompleteMs, 0.2, this.#random) }
  }

  bar(address: string): void {
    this.add([address])
    const entry = this.#leaveDialing(address) ?? this.#entries.get(address)
    if (entry) entry.state = { kind: 'barred' }
  }

  #retry(address: string, entry: Entry, nowMs: number, wasUseful: boolean): void {
    entry.failures = wasUseful ? 0 : entry.failures + 1
    if (entry.failures >= maxFailures) {
      this.#entries.delete(address)
      return
    }
    const waitMs = Math.min(maxRetryMs, retryMs * 2 ** Math.max(0, entry.failures - 1))
    entry.state = { kind: 'idle', notBeforeMs: nowMs + jittered(waitMs, 0.25, this.#random) }
  }

  #leaveDialing(address: string): Entry | undefined {
    const entry = this.#entries.get(address)
    if (entry?.state.kind === 'dialing') this.#dialing--
    return entry
  }

  /** Makes room by forgetting the idle address that failed most. */
  #evict(): boolean {
    let worst: string | undefined
    let worstFailures = -1
    for (const [address, { state, failures }] of this.#entries) {
      if (state.kind !== 'idle' || failures <= worstFailures) continue
      worst = address
      worstFailures = failures
    }
    return worst !== undefined && this.#entries.delete(worst)
  }
}
