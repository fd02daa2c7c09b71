import type { PeerMessage } from '../../swarm/wire/messages.ts'
import type { EventQueue } from './event-queue.ts'

/** Bytes of one connection that may be in the network at once, as TCP's window would have it. */
const windowBytes = 64 * 1024

interface Parcel {
  readonly message: PeerMessage
  /** What it takes of the rates; only blocks count. */
  readonly bytes: number
  /** It is out of the socket's buffer. */
  readonly onLeft?: () => void
}

/** What arrives together. */
interface Landing {
  readonly atMs: number
  readonly parcels: Parcel[]
}

/** The way from one host to another: out of its network card, over a link between zones if there is one, and in. */
interface Path {
  readonly between: Pipe | undefined
  readonly downlink: Pipe
  readonly latencyMs: number
}

/** One direction of a connection: what waits in its socket, and what is under way. Nothing overtakes. */
export class Flow {
  readonly path: Path
  readonly waiting: Parcel[] = []
  bytesInNetwork = 0
  /** When the last thing that left arrives. */
  arrivalMs = 0
  isReady = false
  /** The last that is to arrive. */
  landing: Landing | undefined
  readonly deliver: (message: PeerMessage) => void

  constructor(path: Path, deliver: (message: PeerMessage) => void) {
    this.path = path
    this.deliver = deliver
  }
}

/** Carries one thing after the other at its rate. */
export class Pipe {
  readonly #bytesPerMs: number
  #freeMs = 0
  bytesCarried = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** When something whose first byte comes at `atMs` is through. */
  carry(bytes: number, atMs: number): number {
    this.#freeMs = Math.max(this.#freeMs, atMs) + bytes / this.#bytesPerMs
    this.bytesCarried += bytes
    return this.#freeMs
  }

  /** Like `carry` for something that streams in and has come whole at `endMs`: on an idle pipe of the same rate it is through then. */
  stream(bytes: number, endMs: number): number {
    return Math.max(endMs, this.carry(bytes, endMs - bytes / this.#bytesPerMs))
  }
}

/** A host's way out: its connections take turns, block by block, and one whose window is full waits for the far end. */
export class Uplink {
  readonly #pipe: Pipe
  readonly #events: EventQueue
  readonly #now: () => number
  readonly #ready: Flow[] = []
  #isBusy = false

  constructor(bytesPerSecond: number, events: EventQueue, now: () => number) {
    this.#pipe = new Pipe(bytesPerSecond)
    this.#events = events
    this.#now = now
  }

  get bytesCarried(): number {
    return this.#pipe.bytesCarried
  }

  send(flow: Flow, parcel: Parcel): void {
    if (parcel.bytes === 0 && flow.waiting.length === 0) return this.#launch(flow, parcel, this.#now())
    flow.waiting.push(parcel)
    this.#enlist(flow)
    this.#serve()
  }

  #enlist(flow: Flow): void {
    if (flow.isReady || flow.waiting.length === 0 || flow.bytesInNetwork >= windowBytes) return
    flow.isReady = true
    this.#ready.push(flow)
  }

  #serve(): void {
    if (this.#isBusy) return
    const flow = this.#ready.shift()
    if (!flow) return
    flow.isReady = false
    const parcel = flow.waiting.shift()!
    if (parcel.bytes === 0) {
      this.#launch(flow, parcel, this.#now())
      this.#enlist(flow)
      return this.#serve()
    }
    this.#isBusy = true
    flow.bytesInNetwork += parcel.bytes
    const leavesMs = this.#pipe.carry(parcel.bytes, this.#now())
    this.#enlist(flow)
    this.#events.push(leavesMs, () => {
      this.#isBusy = false
      this.#launch(flow, parcel, leavesMs)
      parcel.onLeft?.()
      this.#serve()
    })
  }

  /** From the network card over the link between zones, if there is one. */
  #launch(flow: Flow, parcel: Parcel, leavesMs: number): void {
    const { between } = flow.path
    if (!between || parcel.bytes === 0) return this.#land(flow, parcel, leavesMs)
    const acrossMs = between.stream(parcel.bytes, leavesMs)
    // Its place in the way in is taken when it gets there: what comes from elsewhere meanwhile goes first.
    flow.arrivalMs = Math.max(flow.arrivalMs, acrossMs)
    this.#events.push(acrossMs, () => this.#land(flow, parcel, acrossMs))
  }

  /** Into the other host. */
  #land(flow: Flow, parcel: Parcel, atMs: number): void {
    const { downlink, latencyMs } = flow.path
    const throughMs = parcel.bytes > 0 ? downlink.stream(parcel.bytes, atMs) : atMs
    flow.arrivalMs = Math.max(flow.arrivalMs, throughMs + latencyMs)
    // Most messages are sent with others: one event is enough for all of them.
    if (flow.landing?.atMs === flow.arrivalMs) {
      flow.landing.parcels.push(parcel)
      return
    }
    const landing = { atMs: flow.arrivalMs, parcels: [parcel] }
    flow.landing = landing
    this.#events.push(flow.arrivalMs, () => this.#unload(flow, landing))
  }

  #unload(flow: Flow, landing: Landing): void {
    if (flow.landing === landing) flow.landing = undefined
    for (const { bytes, message } of landing.parcels) {
      flow.bytesInNetwork -= bytes
      flow.deliver(message)
      if (bytes === 0) continue
      this.#enlist(flow)
      this.#serve()
    }
  }
}
