import { createHash } from 'node:crypto'
import { type Random, seededRandom } from '../../runtime/random.ts'
import { Bitfield } from '../../swarm/engine/bitfield.ts'
import type { EngineInput, EngineOutput } from '../../swarm/engine/contract.ts'
import { Engine } from '../../swarm/engine/engine.ts'
import type { EngineLimits } from '../../swarm/engine/limits.ts'
import { createPeerId, type PeerId, type PieceIndex } from '../../swarm/identifiers.ts'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { EventQueue } from './event-queue.ts'
import { Flow, Pipe, Uplink } from './pipes.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly pieceCount?: number
  readonly pieceLengthBytes?: number
  readonly latencyMs?: number
  /** For fleets: blocks have a length and no bytes, every piece verifies, and nothing is logged. */
  readonly isLight?: boolean
  /** Rate from any zone to another; no limit if not given. */
  readonly zoneBytesPerSecond?: number
}

export interface NodeOptions {
  /** Pieces it begins with. */
  readonly holds?: 'all' | 'none' | readonly number[]
  readonly uplinkBytesPerSecond?: number
  /** As fast as the uplink, or what no test waits for. */
  readonly downlinkBytesPerSecond?: number
  readonly zone?: string
  /** False for a host that is in the zone and was not told so. */
  readonly isZoneKnown?: boolean
  readonly rack?: string
  /** How long a web seed takes for a piece; `refuses` is asked each time: then it fails, to be asked again after a second. */
  readonly webSeed?: { readonly pieceMs: number; readonly refuses?: () => boolean }
  /** False for a client that knows only what every client knows. */
  readonly speaksOffers?: boolean
  /** It wants to hear of other peers from those it is connected to. */
  readonly takesAddresses?: boolean
  /** How long it takes to hash and write a piece. */
  readonly diskMs?: number
  readonly limits?: Partial<EngineLimits>
  readonly peerIdPrefix?: string
  /** Changes or swallows what it sends: what a liar does. */
  readonly tamper?: (message: PeerMessage) => PeerMessage | undefined
}

interface Link {
  readonly ends: readonly [End, End]
  isOpen: boolean
  isBroken: boolean
}

interface End {
  readonly node: SimulatedPeer
  readonly id: number
  /** What comes to this end. */
  readonly flow: Flow
}

/** Rate of a host whose test does not care. */
const defaultBytesPerSecond = 10_000_000

/**
 * A network of real engines with simulated links, disks and time. Everything that happens follows from the seed.
 * Ways out, ways in and links between zones have a rate each; a connection's bytes arrive in order.
 */
export class Simulation {
  readonly seed: number
  readonly random: Random
  readonly size: { pieceCount: number; pieceLengthBytes: number; totalBytes: number }
  readonly latencyMs: number
  readonly isLight: boolean
  readonly peers: SimulatedPeer[] = []
  readonly events = new EventQueue()
  /** One for each direction between two zones. */
  readonly zoneLinks = new Map<string, Pipe>()
  readonly #zoneBytesPerSecond: number | undefined
  readonly #byAddress = new Map<string, SimulatedPeer>()
  readonly #content: Uint8Array
  readonly #pieces: Uint8Array[] = []
  #lastConnection = 0
  /** All but blocks. */
  messagesSent = 0
  nowMs = 0

  constructor(options: SimulationOptions) {
    const { seed, pieceCount = 24, pieceLengthBytes = 64 * 1024, latencyMs = 5, isLight = false } = options
    this.seed = seed
    this.random = seededRandom(seed)
    this.latencyMs = latencyMs
    this.isLight = isLight
    this.#zoneBytesPerSecond = options.zoneBytesPerSecond
    // The last piece is shorter, and so is its last block.
    const totalBytes = pieceCount * pieceLengthBytes - (isLight ? 0 : Math.floor(pieceLengthBytes / 3))
    this.size = { pieceCount, pieceLengthBytes, totalBytes }
    // Cheap, and different in every place.
    this.#content = new Uint8Array(isLight ? pieceLengthBytes : totalBytes)
    if (!isLight) for (let at = 0; at < totalBytes; at += 8) this.#content[at] = this.random.below(256)
  }

  add(name: string, options: NodeOptions = {}): SimulatedPeer {
    const peer = new SimulatedPeer(this, name, options)
    this.peers.push(peer)
    this.#byAddress.set(addressOf(peer), peer)
    return peer
  }

  /** Names every peer to every other, as a tracker does. */
  introduceAll(): void {
    for (const peer of this.peers)
      peer.input({ type: 'peersFound', addresses: this.peers.filter((other) => other !== peer).map(addressOf) })
  }

  pieceBytes(piece: number): Uint8Array {
    if (this.isLight) return this.#content
    const known = this.#pieces[piece]
    if (known) return known
    const { pieceLengthBytes, totalBytes } = this.size
    const start = piece * pieceLengthBytes
    const length = Math.min(pieceLengthBytes, totalBytes - start)
    const bytes = this.#content.subarray(start, start + length)
    this.#pieces[piece] = bytes
    return bytes
  }

  after(delayMs: number, run: () => void): void {
    this.events.push(this.nowMs + Math.max(0, delayMs), run)
  }

  /** Runs until `isDone`, or fails with the seed. */
  run(isDone: () => boolean, deadlineMs = 120_000): void {
    const untilMs = this.nowMs + deadlineMs
    while (!isDone()) {
      const event = this.events.pop()
      if (!event || event.atMs > untilMs) {
        const state = this.peers
          .slice(0, 40)
          .map((peer) => `${peer.name} ${peer.engine.held.count}/${this.size.pieceCount}`)
        throw new Error(`seed ${this.seed}: not done after ${deadlineMs} ms: ${state.join(', ')}`)
      }
      this.nowMs = event.atMs
      event.run()
    }
  }

  /** Runs `events` of what is planned until then, or fewer; false when `isDone` or all until then has happened. */
  advance(untilMs: number, events: number, isDone: () => boolean): boolean {
    for (let left = events; left > 0; left--) {
      if (isDone()) return false
      if (this.events.nextMs > untilMs) {
        this.nowMs = untilMs
        return false
      }
      const event = this.events.pop()!
      this.nowMs = event.atMs
      event.run()
    }
    return true
  }

  runFor(ms: number): void {
    let isOver = false
    this.after(ms, () => {
      isOver = true
    })
    this.run(() => isOver, ms + 1)
  }

  connect(from: SimulatedPeer, address: string): void {
    const to = this.#byAddress.get(address)
    this.after(2 * this.latencyMs, () => {
      if (!to?.isUp || !from.isUp) return from.input({ type: 'dialFailed', address })
      const end = (node: SimulatedPeer, other: SimulatedPeer): End => {
        const id = ++this.#lastConnection
        const path = { between: this.#between(other, node), downlink: node.downlink, latencyMs: this.latencyMs }
        const deliver = (message: PeerMessage) => {
          if (!link.isBroken) node.input({ type: 'received', connection: id, message })
        }
        return { node, id, flow: new Flow(path, deliver) }
      }
      const link: Link = { ends: [end(from, to), end(to, from)], isOpen: true, isBroken: false }
      for (const { node, id } of link.ends) node.links.set(id, link)
      const common = { type: 'connected', isFast: true } as const
      from.input({ ...common, connection: link.ends[0].id, peerId: to.peerId, host: to.name, address })
      to.input({ ...common, connection: link.ends[1].id, peerId: from.peerId, host: from.name, address: undefined })
      const [first, second] = link.ends
      this.deliver(link, first, to.helloFor(from))
      this.deliver(link, second, from.helloFor(to))
    })
  }

  /** Ends a link. What was sent before still arrives, unless the link is broken rather than closed. */
  close(link: Link, { isBroken = false } = {}): void {
    if (!link.isOpen) return
    link.isOpen = false
    link.isBroken = isBroken
    for (const { node, id, flow } of link.ends) {
      node.links.delete(id)
      const atMs = isBroken ? this.nowMs + this.latencyMs : Math.max(this.nowMs + this.latencyMs, flow.arrivalMs)
      this.after(atMs - this.nowMs, () => node.input({ type: 'disconnected', connection: id }))
    }
  }

  deliver(link: Link, to: End, message: PeerMessage): void {
    this.messagesSent += message.type === 'haves' ? message.pieces.length : 1
    otherEnd(link, to).node.uplink.send(to.flow, { message, bytes: 0 })
  }

  deliverBlock(link: Link, to: End, message: PeerMessage & { type: 'piece' }, onLeft: () => void): void {
    otherEnd(link, to).node.uplink.send(to.flow, { message, bytes: message.data.length, onLeft })
  }

  #between(from: SimulatedPeer, to: SimulatedPeer): Pipe | undefined {
    if (this.#zoneBytesPerSecond === undefined || from.zone === to.zone) return undefined
    const key = `${from.zone} ${to.zone}`
    const known = this.zoneLinks.get(key)
    if (known) return known
    const pipe = new Pipe(this.#zoneBytesPerSecond)
    this.zoneLinks.set(key, pipe)
    return pipe
  }
}

function otherEnd({ ends: [first, second] }: Link, end: End): End {
  return first === end ? second : first
}

export function addressOf(peer: SimulatedPeer): string {
  return `${peer.name}:1`
}

/** One engine with a simulated disk and uplink. */
export class SimulatedPeer {
  readonly name: string
  readonly peerId: PeerId
  readonly links = new Map<number, Link>()
  readonly received = new Map<number, Uint8Array>()
  /** What the engine asked for, of the kinds that tests look at. */
  readonly log: EngineOutput[] = []
  readonly #simulation: Simulation
  readonly #options: NodeOptions
  engine: Engine
  isUp = true
  completedMs: number | undefined
  mostInMemory = 0
  readonly uplink: Uplink
  readonly downlink: Pipe
  #checking = 0
  #isDraining = false
  #timerMs = Number.POSITIVE_INFINITY

  constructor(simulation: Simulation, name: string, options: NodeOptions) {
    this.#simulation = simulation
    this.name = name
    this.#options = options
    const rate = options.uplinkBytesPerSecond ?? defaultBytesPerSecond
    this.uplink = new Uplink(rate, simulation.events, () => simulation.nowMs)
    this.downlink = new Pipe(options.downlinkBytesPerSecond ?? Math.max(rate, defaultBytesPerSecond))
    this.peerId = createPeerId(options.peerIdPrefix ?? '-RA0100-', simulation.random)
    this.engine = this.#createEngine(heldAtStart(options.holds ?? 'none', simulation.size.pieceCount))
  }

  get zone(): string | undefined {
    return this.#options.zone
  }

  get #labels(): { zone?: string; rack?: string } {
    const { zone, rack, isZoneKnown = true } = this.#options
    return isZoneKnown ? { zone, rack } : {}
  }

  get #speaksOffers(): boolean {
    return this.#options.speaksOffers ?? true
  }

  /** What it says to the other at first; offers are spoken only between two that know them. */
  helloFor(other: SimulatedPeer): PeerMessage {
    const { zone, rack } = this.#labels
    const speaksOffers = this.#speaksOffers && other.#speaksOffers
    const { takesAddresses } = this.#options
    return { type: 'hello', listenPort: 1, speaksOffers, takesAddresses, zone, rack }
  }

  input(input: EngineInput): void {
    if (!this.isUp) return
    const { nowMs } = this.#simulation
    this.engine.handle(input, nowMs)
    if (this.#isDraining) return
    this.#isDraining = true
    for (let output = this.engine.nextOutput(); output; output = this.engine.nextOutput()) this.#perform(output)
    this.#isDraining = false
    this.#setTimer()
  }

  /** The process is gone: its connections break, and its memory is lost. */
  kill(): void {
    this.isUp = false
    for (const link of [...this.links.values()]) this.#simulation.close(link, { isBroken: true })
    this.received.clear()
    this.#checking = 0
  }

  /** Comes back with the pieces it had written. */
  restart(): void {
    const held = new Bitfield(this.#simulation.size.pieceCount)
    for (const piece of this.engine.held.indexes()) held.set(piece)
    this.engine = this.#createEngine(held)
    this.#timerMs = Number.POSITIVE_INFINITY
    this.isUp = true
  }

  sent(type: PeerMessage['type']): PeerMessage[] {
    return this.log.flatMap((output) =>
      output.type === 'send' && output.message.type === type ? [output.message] : [],
    )
  }

  bannedIds(): PeerId[] {
    return this.log.flatMap((output) => (output.type === 'banned' ? [output.peerId] : []))
  }

  #createEngine(held: Bitfield): Engine {
    const { size, random } = this.#simulation
    const { limits, webSeed } = this.#options
    const options = { ...this.#labels, size, held, ownPeerId: this.peerId, limits, hasWebSeed: webSeed !== undefined }
    return new Engine(options, { random: seededRandom(random.below(2 ** 31)) })
  }

  #perform(output: EngineOutput): void {
    const simulation = this.#simulation
    if (output.type !== 'storeBlock' && !simulation.isLight) this.log.push(output)
    switch (output.type) {
      case 'dial':
        return simulation.connect(this, output.address)
      case 'disconnect': {
        const link = this.links.get(output.connection)
        return link && simulation.close(link)
      }
      case 'send':
        return this.#send(output.connection, output.message)
      case 'sendBlock':
        return this.#sendBlock(output)
      case 'storeBlock': {
        if (simulation.isLight) return
        const bytes = this.received.get(output.piece) ?? new Uint8Array(simulation.pieceBytes(output.piece).length)
        bytes.set(output.data, output.offset)
        this.received.set(output.piece, bytes)
        this.mostInMemory = Math.max(this.mostInMemory, this.received.size + this.#checking)
        return
      }
      case 'discardPiece':
        this.received.delete(output.piece)
        return
      case 'checkPiece':
        return this.#check(output)
      case 'fetchPiece':
        return this.#fetchPiece(output.piece)
      case 'completed':
        this.completedMs = simulation.nowMs
        return
      case 'banned':
      case 'webSeedLied':
        return
    }
  }

  #send(connection: number, message: PeerMessage): void {
    const found = this.#farEnd(connection)
    const told = this.#options.tamper ? this.#options.tamper(message) : message
    if (found && told) this.#simulation.deliver(found.link, found.end, told)
  }

  #sendBlock({ connection, piece, offset, length }: EngineOutput & { type: 'sendBlock' }): void {
    const { engine } = this
    const onLeft = () => {
      if (engine === this.engine) this.input({ type: 'blockSent', connection, length })
    }
    const found = this.#farEnd(connection)
    const data = this.#simulation.pieceBytes(piece).subarray(offset, offset + length)
    const message: PeerMessage = { type: 'piece', piece, offset, data }
    const told = this.#options.tamper ? this.#options.tamper(message) : message
    if (found && told?.type === 'piece') this.#simulation.deliverBlock(found.link, found.end, told, onLeft)
    else this.#simulation.after(0, onLeft)
  }

  #farEnd(connection: number): { link: Link; end: End } | undefined {
    const link = this.links.get(connection)
    if (!link) return undefined
    const [first, second] = link.ends
    return { link, end: first.id === connection ? second : first }
  }

  #fetchPiece(piece: PieceIndex): void {
    const { pieceMs, refuses } = this.#options.webSeed!
    const { engine } = this
    this.#simulation.after(pieceMs, () => {
      if (engine !== this.engine || !this.isUp) return
      const isComplete = !refuses?.()
      const bytes = this.#simulation.pieceBytes(piece)
      for (let offset = 0; isComplete && offset < bytes.length; offset += 16 * 1024)
        this.input({ type: 'webSeedBlock', piece, offset, data: bytes.subarray(offset, offset + 16 * 1024) })
      this.input({ type: 'webSeedEnded', piece, isComplete, retryAfterMs: isComplete ? 0 : 1_000 })
    })
  }

  #check({ piece, withDigests }: EngineOutput & { type: 'checkPiece' }): void {
    const { isLight } = this.#simulation
    const bytes = isLight ? this.#simulation.pieceBytes(piece) : this.received.get(piece)!
    this.received.delete(piece)
    this.#checking++
    const isGood = isLight || Buffer.compare(bytes, this.#simulation.pieceBytes(piece)) === 0
    const blockDigests = withDigests || !isGood ? digests(bytes) : undefined
    const { engine } = this
    this.#simulation.after(this.#options.diskMs ?? 1, () => {
      if (engine !== this.engine || !this.isUp) return
      this.#checking--
      this.input({ type: 'pieceChecked', piece, isGood, blockDigests })
    })
  }

  #setTimer(): void {
    const dueMs = this.engine.nextTimeoutMs
    if (dueMs >= this.#timerMs) return
    this.#timerMs = dueMs
    const { engine } = this
    this.#simulation.after(dueMs - this.#simulation.nowMs, () => {
      if (engine !== this.engine || this.#timerMs !== dueMs || !this.isUp) return
      this.#timerMs = Number.POSITIVE_INFINITY
      this.input({ type: 'timeout' })
      this.#setTimer()
    })
  }
}

function heldAtStart(holds: 'all' | 'none' | readonly number[], pieceCount: number): Bitfield {
  if (holds === 'all') return Bitfield.full(pieceCount)
  const held = new Bitfield(pieceCount)
  if (holds !== 'none') for (const piece of holds) held.set(piece)
  return held
}

function digests(bytes: Uint8Array): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += 16 * 1024)
    found.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + 16 * 1024))
        .digest('base64'),
    )
  return found
}
