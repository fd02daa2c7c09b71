import { connect, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { InfoHash, PeerId } from '../identifiers.ts'
import { isOfferFrame } from '../wire/extensions.ts'
import { WireViolation } from '../wire/frame-reader.ts'
import type { BlockRange, PeerMessage } from '../wire/messages.ts'
import { type GreetedTorrent, PeerWire } from '../wire/peer-wire.ts'
import { withOwnBuffer } from './accepted-socket.ts'
import { Allowance } from './allowance.ts'
import type { Visitor } from './doorway.ts'
import { type Downlink, maxReadBytes, type Readable } from './downlink.ts'
import { maxUnsentBytes, maxUnsentReplies, messageAllowance, messageCost, requestCost } from './message-budget.ts'
import type { SecurePeer, TlsTransport } from './tls-transport.ts'

interface PeerConnectionOptions {
  readonly ownPeerId: PeerId
  readonly listenPort: number
  readonly maxRequests: number
  readonly clientName: string
  readonly downlink: Downlink
  /** Where this host is; told to peers. */
  readonly zone?: string
  readonly rack?: string
  /** Every connection is one of TLS. */
  readonly tls?: TlsTransport
}

/** How somebody came to us; with TLS it is known who. */
interface Arrival {
  readonly visitor: Visitor
  readonly peer?: SecurePeer
}

/** Who is told what a connection does. Every connection ends with `onClosed`, once. */
export interface ConnectionOwner {
  onHandshake(connection: PeerConnection, infoHash: InfoHash, peerId: PeerId): void
  onMessage(connection: PeerConnection, message: PeerMessage): void
  onClosed(connection: PeerConnection, reason: string): void
}

/** A peer that has not introduced itself after this long is none. */
const handshakeMs = 10_000

/** What may still be sent at the end: a last `have` tells the peer why we leave, a backlog of blocks is of no use. */
const maxFarewellBytes = 64 * 1024
const farewellMs = 2_000

/** All connections read into this one: what is read is used up before the next read. */
const readBuffer = new Uint8Array(maxReadBytes)

/** One connection to a peer, TCP or TLS. What a peer sends can end its connection and nothing else. */
export class PeerConnection implements Readable {
  readonly #socket: Socket
  readonly #wire: PeerWire
  readonly #downlink: Downlink
  readonly #tls: TlsTransport | undefined
  readonly #allowance: Allowance
  #owner: ConnectionOwner
  #pieceCount = 0
  /** What is being written answers something that the peer may send as often as it likes. */
  #isReply = false
  #unsentReplies = 0
  /** With TLS, what we say once it is known who has answered. */
  #greeting: GreetedTorrent | undefined
  #isIdentified: boolean
  #closeReason: string | undefined
  #isCorked = false
  /** Of blocks, in what is being read. */
  #blockBytes = 0
  /** Where the peer says it is. */
  zone: string | undefined
  readonly #handshakeTimer: Timer

  constructor(socket: Socket, options: PeerConnectionOptions, owner: ConnectionOwner, clock: Clock) {
    this.#socket = socket
    this.#owner = owner
    this.#downlink = options.downlink
    this.#tls = options.tls
    this.#isIdentified = options.tls === undefined
    this.#allowance = new Allowance(messageAllowance, clock)
    this.#wire = new PeerWire(options, {
      write: (bytes) => this.#write(bytes),
      onFrame: (id, frame) => this.#spend(messageCost(id, frame.length, isOfferFrame(frame), this.#pieceCount)),
      onHandshake: (infoHash, peerId) => {
        this.#handshakeTimer.cancel()
        this.#owner.onHandshake(this, infoHash, peerId)
      },
      onMessage: (message) => {
        if (this.#closeReason !== undefined) return
        if (message.type === 'piece') this.#blockBytes += message.data.length
        else if (message.type === 'request' || message.type === 'cancel') this.#spend(requestCost)
        else if (message.type === 'hello') this.zone = message.zone
        this.#owner.onMessage(this, message)
      },
    })
    this.#handshakeTimer = clock.after(handshakeMs, () => this.close('did not introduce itself'))
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('end', () => this.close('closed the connection'))
    socket.on('error', (error) => {
      this.close(errorMessage(error))
      socket.destroy()
    })
    socket.on('close', () => {
      this.#handshakeTimer.cancel()
      this.#downlink.forget(this)
      this.#tls?.forget(this)
      this.#owner.onClosed(this, this.#closeReason ?? 'closed the connection')
    })
  }

  /** Dials a peer of this torrent; its handshake must follow as soon as the connection stands. */
  static dial(
    address: { host: string; port: number },
    infoHash: InfoHash,
    options: PeerConnectionOptions,
    owner: ConnectionOwner,
    clock: Clock,
  ): PeerConnection {
    const onread = readInto(options, (bytes) => connection.#receive(bytes))
    const { tls } = options
    const socket = tls ? tls.dial(address, infoHash, onread) : connect({ ...address, onread })
    const connection = new PeerConnection(socket, options, owner, clock)
    if (tls && socket instanceof TLSSocket) {
      socket.once('secureConnect', () => {
        const peer = tls.identify(socket)
        if (typeof peer === 'string') connection.close(peer)
        else connection.#identified(peer)
      })
    }
    return connection
  }

  /** A peer has dialled us; the server must leave reading to us (`pauseOnConnect`). */
  static accept(
    accepted: Socket,
    { visitor, peer }: Arrival,
    options: PeerConnectionOptions,
    owner: ConnectionOwner,
    clock: Clock,
  ): PeerConnection {
    const onread = readInto(options, (bytes) => connection.#receive(bytes))
    const socket = withOwnBuffer(accepted, onread)
    const connection = new PeerConnection(socket, options, owner, clock)
    visitor.drop = (reason) => connection.close(reason)
    socket.once('close', () => visitor.left())
    if (peer) connection.#identified(peer)
    return connection
  }

  get host(): string {
    return (this.#socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  }

  get isFast(): boolean {
    return this.#wire.isFast
  }

  /** From now on somebody else is told. */
  handTo(owner: ConnectionOwner): void {
    this.#owner = owner
  }

  greet(torrent: GreetedTorrent): void {
    this.#pieceCount = torrent.pieceCount
    if (this.#isIdentified) this.#wire.greet(torrent)
    else this.#greeting = torrent
  }

  send(message: PeerMessage): void {
    if (message.type === 'piece' || message.type === 'hello') return
    this.#isReply = message.type === 'reject' || message.type === 'decline'
    this.#wire.send(message)
    this.#isReply = false
  }

  /** Calls `onSent` when the block has gone to the system, or never will. */
  sendBlock(range: BlockRange, data: Uint8Array, onSent: () => void): void {
    this.#allowance.giveBack(requestCost)
    this.#write(this.#wire.blockHeader(range))
    this.#write(data, onSent)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  heldUp(): void {
    if (this.#closeReason === undefined) this.#owner.onMessage(this, { type: 'keepAlive' })
  }

  /** Ends the connection; what is written gets out first, unless that takes too long. */
  close(reason: string): void {
    if (this.#closeReason !== undefined) return
    this.#closeReason = reason
    const socket = this.#socket
    if (socket.connecting || !this.#isIdentified || socket.writableLength > maxFarewellBytes) {
      socket.destroy()
      return
    }
    if (this.#isCorked) socket.uncork()
    socket.setTimeout(farewellMs, () => socket.destroy())
    socket.destroySoon()
  }

  /** What is written in one turn leaves in one go. */
  #write(bytes: Uint8Array, onSent?: () => void): void {
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
      queueMicrotask(() => {
        this.#isCorked = false
        this.#socket.uncork()
      })
    }
    if (this.#isReply) return this.#writeReply(bytes)
    this.#socket.write(bytes, onSent)
    if (this.#socket.writableLength > maxUnsentBytes) this.close('does not read what it asks for')
  }

  #writeReply(bytes: Uint8Array): void {
    this.#unsentReplies++
    this.#socket.write(bytes, () => {
      this.#unsentReplies--
    })
    if (this.#unsentReplies > maxUnsentReplies) this.close('does not read what it is answered')
  }

  /** It is let in, for as long as that holds. */
  #identified(peer: SecurePeer): void {
    if (this.#closeReason !== undefined) return
    this.#isIdentified = true
    this.#tls?.watch(this, peer, (reason) => this.#end(reason))
    if (this.#greeting) this.#wire.greet(this.#greeting)
    this.#greeting = undefined
  }

  /** Closes without another word. */
  #end(reason: string): void {
    this.close(reason)
    this.#socket.destroy()
  }

  #spend(cost: number): void {
    if (!this.#allowance.take(cost)) throw new WireViolation('sent more messages than any peer needs to')
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closeReason !== undefined) return
    try {
      this.#wire.receive(chunk)
    } catch (error) {
      if (!(error instanceof WireViolation)) throw error
      this.close(error.message)
    }
    const blockBytes = this.#blockBytes
    this.#blockBytes = 0
    if (blockBytes > 0) this.#downlink.received(this, blockBytes)
  }
}

/** Reads of at most what the way in allows now, each used up before the next. */
function readInto({ downlink }: PeerConnectionOptions, onBytes: (bytes: Uint8Array) => void) {
  return {
    buffer: () => (downlink.readBytes < maxReadBytes ? readBuffer.subarray(0, downlink.readBytes) : readBuffer),
    callback: (length: number) => {
      onBytes(readBuffer.subarray(0, length))
      return true
    },
  }
}
