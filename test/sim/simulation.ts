import { createHash } from 'node:crypto'
import { type Random, seededRandom } from '../../runtime/random.ts'
import { Bitfield } from '../../swarm/engine/bitfield.ts'
import type { EngineInput, EngineOutput } from '../../swarm/engine/contract.ts'
import { Engine } from '../../swarm/engine/engine.ts'
import type { EngineLimits } from '../../swarm/engine/limits.ts'
import { createPeerId, type PeerId } from '../../swarm/identifiers.ts'
import type { PeerMessage } from '../../swarm/wire/messages.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly pieceCount?: number
  readonly pieceLengthBytes?: number
  readonly latencyMs?: number
}

export interface NodeOptions {
  /** Pieces it begins with. */
  readonly holds?: 'all' | 'none' | readonly number[]
  readonly uplinkBytesPerSecond?: number
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
  /** When the last message to this end arrives; the next one comes no sooner. */
  arrivalMs: number
}

interface Task {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/**
 * A network of real engines with simulated links, disks and time. Everything that happens follows from the seed.
 * Each peer's uplink carries one byte after the other; downlinks are as fast as needed.
 */
export class Simulation {
  readonly seed: number
  readonly random: Random
  readonly size: { pieceCount: number; pieceLengthBytes: number; totalBytes: number }
  readonly latencyMs: number
  readonly peers: SimulatedPeer[] = []
  readonly #content: Uint8Array
  readonly #pieces: Uint8Array[] = []
  readonly #tasks: Task[] = []
  #order = 0
  #lastConnection = 0
  nowMs = 0

  constructor({ seed, pieceCount = 24, pieceLengthBytes = 64 * 1024, latencyMs = 5 }: SimulationOptions) {
    this.seed = seed
    this.random = seededRandom(seed)
    this.latencyMs = latencyMs
    // The last piece is shorter, and so is its last block.
    const totalBytes = pieceCount * pieceLengthBytes - Math.floor(pieceLengthBytes / 3)
    this.size = { pieceCount, pieceLengthBytes, totalBytes }
    // Cheap, and different in every place.
    this.#content = new Uint8Array(totalBytes)
    for (let at = 0; at < totalBytes; at += 8) this.#content[at] = this.random.below(256)
  }

  add(name: string, options: NodeOptions = {}): SimulatedPeer {
    const peer = new SimulatedPeer(this, name, options)
    this.peers.push(peer)
    return peer
  }

  /** Names every peer to every other, as a tracker does. */
  introduceAll(): void {
    for (const peer of this.peers)
      peer.input({ type: 'peersFound', addresses: this.peers.filter((other) => other !== peer).map(addressOf) })
  }

  pieceBytes(piece: number): Uint8Array {
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
    const task = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, run }
    let low = 0
    let high = this.#tasks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#tasks[middle]!.atMs > task.atMs) low = middle + 1
      else high = middle
    }
    this.#tasks.splice(low, 0, task)
  }

  /** Runs until `isDone`, or fails with the seed. */
  run(isDone: () => boolean, deadlineMs = 120_000): void {
    const untilMs = this.nowMs + deadlineMs
    while (!isDone()) {
      const task = this.#tasks.pop()
      if (!task || task.atMs > untilMs) {
        const state = this.peers.map((peer) => `${peer.name} ${peer.engine.held.count}/${this.size.pieceCount}`)
        throw new Error(`seed ${this.seed}: not done after ${deadlineMs} ms: ${state.join(', ')}`)
      }
      this.nowMs = task.atMs
      task.run()
    }
  }

  runFor(ms: number): void {
    let isOver = false
    this.after(ms, () => {
      isOver = true
    })
    this.run(() => isOver, ms + 1)
  }

  connect(from: SimulatedPeer, address: string): void {
    const to = this.peers.find((peer) => addressOf(peer) === address)
    this.after(2 * this.latencyMs, () => {
      if (!to?.isUp || !from.isUp) return from.input({ type: 'dialFailed', address })
      const end = (node: SimulatedPeer): End => ({ node, id: ++this.#lastConnection, arrivalMs: 0 })
      const link: Link = { ends: [end(from), end(to)], isOpen: true, isBroken: false }
      for (const { node, id } of link.ends) node.links.set(id, link)
      const common = { type: 'connected', isFast: true } as const
      from.input({ ...common, connection: link.ends[0].id, peerId: to.peerId, host: to.name, address })
      to.input({ ...common, connection: link.ends[1].id, peerId: from.peerId, host: from.name, address: undefined })
      for (const to of link.ends) this.deliver(link, to, this.nowMs, { type: 'hello', listenPort: 1 })
    })
  }

  /** Ends a link. What was sent before still arrives, unless the link is broken rather than closed. */
  close(link: Link, { isBroken = false } = {}): void {
    if (!link.isOpen) return
    link.isOpen = false
    link.isBroken = isBroken
    for (const { node, id, arrivalMs } of link.ends) {
      node.links.delete(id)
      const delayMs = isBroken ? this.latencyMs : Math.max(this.latencyMs, arrivalMs - this.nowMs)
      this.after(delayMs, () => node.input({ type: 'disconnected', connection: id }))
    }
  }

  deliver(link: Link, to: End, leavesMs: number, message: PeerMessage): void {
    to.arrivalMs = Math.max(to.arrivalMs, leavesMs + this.latencyMs)
    this.after(to.arrivalMs - this.nowMs, () => {
      if (!link.isBroken) to.node.input({ type: 'received', connection: to.id, message })
    })
  }
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
  #checking = 0
  #uplinkFreeMs = 0
  #isDraining = false
  #timerMs = Number.POSITIVE_INFINITY

  constructor(simulation: Simulation, name: string, options: NodeOptions) {
    this.#simulation = simulation
    this.name = name
    this.#options = options
    this.peerId = createPeerId(options.peerIdPrefix ?? '-RA0100-', simulation.random)
    this.engine = this.#createEngine(heldAtStart(options.holds ?? 'none', simulation.size.pieceCount))
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
    const options = { size, held, ownPeerId: this.peerId, limits: this.#options.limits }
    return new Engine(options, { random: seededRandom(random.below(2 ** 31)) })
  }

  #perform(output: EngineOutput): void {
    const simulation = this.#simulation
    if (output.type !== 'storeBlock') this.log.push(output)
    switch (output.type) {
      case 'dial':
        return simulation.connect(this, output.address)
      case 'disconnect': {
        const link = this.links.get(output.connection)
        return link && simulation.close(link)
      }
      case 'send':
        return this.#send(output.connection, output.message, simulation.nowMs)
      case 'sendBlock':
        return this.#sendBlock(output)
      case 'storeBlock': {
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
      case 'completed':
        this.completedMs = simulation.nowMs
        return
      case 'banned':
        return
    }
  }

  #send(connection: number, message: PeerMessage, leavesMs: number): void {
    const link = this.links.get(connection)
    const told = this.#options.tamper ? this.#options.tamper(message) : message
    if (!link || !told) return
    const [first, second] = link.ends
    this.#simulation.deliver(link, first.id === connection ? second : first, leavesMs, told)
  }

  #sendBlock({ connection, piece, offset, length }: EngineOutput & { type: 'sendBlock' }): void {
    const simulation = this.#simulation
    const rate = this.#options.uplinkBytesPerSecond ?? 10_000_000
    this.#uplinkFreeMs = Math.max(this.#uplinkFreeMs, simulation.nowMs) + (length * 1000) / rate
    const data = simulation.pieceBytes(piece).subarray(offset, offset + length)
    this.#send(connection, { type: 'piece', piece, offset, data }, this.#uplinkFreeMs)
    const { engine } = this
    simulation.after(this.#uplinkFreeMs - simulation.nowMs, () => {
      if (engine === this.engine) this.input({ type: 'blockSent', connection, length })
    })
  }

  #check({ piece, withDigests }: EngineOutput & { type: 'checkPiece' }): void {
    const bytes = this.received.get(piece)!
    this.received.delete(piece)
    this.#checking++
    const isGood = Buffer.compare(bytes, this.#simulation.pieceBytes(piece)) === 0
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
