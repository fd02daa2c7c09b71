import Wire from 'bittorrent-protocol'
import { type InfoHash, type PeerId, peerIdOf } from '../identifiers.ts'
import { decodeExtended, decodeHello, encodeExchange, encodeOfferMessage, extensionNames } from './extensions.ts'
import { FrameReader, uint32, WireViolation } from './frame-reader.ts'
import { encodeBlockHeader, encodeHaves, encodeRange } from './frame-writer.ts'
import { messageIds } from './message-ids.ts'
import type { BlockRange, ExtensionNumbers, PeerMessage } from './messages.ts'

interface PeerWireOptions {
  readonly ownPeerId: PeerId
  /** Told to the peer, so that it can name us to others and dial us again. */
  readonly listenPort: number
  /** Requests the peer may queue with us. */
  readonly maxRequests: number
  readonly clientName: string
  /** Where this host is; told to peers, so that near ones are served first. */
  readonly zone?: string
  readonly rack?: string
}

/** What a handshake needs to know of a torrent. */
export interface GreetedTorrent {
  readonly infoHash: InfoHash
  readonly pieceCount: number
  /** Its peers are named by its tracker alone (BEP 27). */
  readonly isPrivate: boolean
}

interface PeerWireHandler {
  /** Bytes for the peer, in order. */
  write(bytes: Uint8Array): void
  /** The peer has introduced itself; a peer that was not dialled is answered by `greet` or left. */
  onHandshake(infoHash: InfoHash, peerId: PeerId): void
  /** Any message but a block, a request or a cancel has come and is about to be looked at. */
  onFrame(id: number, frame: Uint8Array): void
  /** Bytes in a message are valid only during the call. */
  onMessage(message: PeerMessage): void
}

/** Writes at once what it is given to send: a stream would wait a turn, and control messages would fall behind blocks. */
class DirectWire extends Wire {
  #write: (bytes: Uint8Array) => void

  constructor(write: (bytes: Uint8Array) => void) {
    super()
    this.#write = write
  }

  override push(chunk: Uint8Array | null): boolean {
    if (chunk) this.#write(chunk)
    return true
  }

  feed(bytes: Uint8Array): void {
    this._write(bytes, () => {})
  }
}

/**
 * One peer's wire: bytes in, messages out, and back. Handshake, extension protocol and control messages are
 * bittorrent-protocol's; blocks and requests, which are all the traffic, go past it without a copy. Every frame is
 * checked before the library sees it.
 */
export class PeerWire {
  readonly #options: PeerWireOptions
  readonly #handler: PeerWireHandler
  readonly #reader: FrameReader
  readonly #wire: DirectWire
  #hasGreeted = false
  /** Under which the peer takes our extensions. */
  #numbers: ExtensionNumbers = {}

  constructor(options: PeerWireOptions, handler: PeerWireHandler) {
    this.#options = options
    this.#handler = handler
    this.#reader = new FrameReader({
      onHandshake: (bytes) => this.#wire.feed(bytes.slice()),
      onBlock: (piece, offset, data) => handler.onMessage({ type: 'piece', piece, offset, data }),
      onRange: (type, piece, offset, length) => handler.onMessage({ type, piece, offset, length }),
      onControl: (id, frame) => this.#onControl(id, frame),
    })
    this.#wire = this.#createWire()
  }

  /** Both sides speak the fast extension (BEP 6). */
  get isFast(): boolean {
    return this.#wire.hasFast
  }

  /** Sends our handshake. */
  greet({ infoHash, pieceCount, isPrivate }: GreetedTorrent): void {
    if (this.#hasGreeted) return
    this.#hasGreeted = true
    this.#reader.expectPieces(pieceCount)
    this.#wire.extendedMapping = extensionNames(isPrivate)
    this.#wire.handshake(infoHash, this.#options.ownPeerId, { fast: true })
  }

  /** @throws {WireViolation} when the peer breaks the protocol; the wire is of no more use then. */
  receive(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  /** Sends any message but a block. */
  send(message: Exclude<PeerMessage, { type: 'piece' | 'hello' }>): void {
    const wire = this.#wire
    switch (message.type) {
      case 'request':
      case 'cancel':
        return this.#handler.write(encodeRange(message.type, message))
      case 'have':
        return wire.have(message.piece)
      case 'haves':
        return this.#handler.write(encodeHaves(message.pieces))
      case 'offer':
      case 'decline':
      case 'ready':
      case 'received':
        if (this.#numbers.rk_offer !== undefined)
          this.#handler.write(encodeOfferMessage(message, this.#numbers.rk_offer))
        return
      case 'exchange':
        if (this.#numbers.ut_pex !== undefined) this.#handler.write(encodeExchange(message, this.#numbers.ut_pex))
        return
      case 'bitfield':
        return wire.bitfield(message.bits)
      case 'reject':
        return wire.reject(message.piece, message.offset, message.length)
      case 'notInterested':
        return wire.uninterested()
      default:
        return wire[message.type]()
    }
  }

  /** What stands before a block on the wire; its bytes follow. */
  blockHeader(range: BlockRange): Uint8Array {
    return encodeBlockHeader(range)
  }

  #createWire(): DirectWire {
    const { clientName, listenPort, maxRequests, zone, rack } = this.#options
    const { onMessage, onHandshake } = this.#handler
    const wire = new DirectWire((bytes) => this.#handler.write(bytes))
    wire.extendedHandshake = {
      v: clientName,
      p: listenPort,
      reqq: maxRequests,
      ...(zone ? { rk_zone: zone } : {}),
      ...(rack ? { rk_rack: rack } : {}),
    }
    wire.on('handshake', (infoHash, peerId) => onHandshake(infoHash as InfoHash, peerIdOf(peerId)))
    wire.on('choke', () => onMessage({ type: 'choke' }))
    wire.on('unchoke', () => onMessage({ type: 'unchoke' }))
    wire.on('interested', () => onMessage({ type: 'interested' }))
    wire.on('uninterested', () => onMessage({ type: 'notInterested' }))
    wire.on('have-all', () => onMessage({ type: 'haveAll' }))
    wire.on('have-none', () => onMessage({ type: 'haveNone' }))
    wire.on('reject', (piece, offset, length) =>
      onMessage({ type: 'reject', piece: piece >>> 0, offset: offset >>> 0, length: length >>> 0 }),
    )
    wire.on('keep-alive', () => onMessage({ type: 'keepAlive' }))
    return wire
  }

  #onControl(id: number, frame: Uint8Array): void {
    this.#handler.onFrame(id, frame)
    switch (id) {
      case messageIds.haveAll:
      case messageIds.haveNone:
      case messageIds.reject:
      case messageIds.suggest:
      case messageIds.allowedFast:
        if (!this.isFast) throw new WireViolation(`sent message ${id} without the fast extension`)
        break
      case messageIds.have:
        // Not through the library: in a large fleet these are most of all messages.
        return this.#handler.onMessage({ type: 'have', piece: uint32(frame, 5) })
      case messageIds.bitfield:
        // Not through the library: it would go on to use the peer's buffer, which is used again here.
        return this.#handler.onMessage({ type: 'bitfield', bits: frame.subarray(5) })
      case messageIds.extended:
        return this.#onExtended(frame)
    }
    this.#wire.feed(frame.slice())
  }

  /** Extensions that we did not say we take are neither heard nor spoken: a private torrent's peers may not name others. */
  #onExtended(frame: Uint8Array): void {
    const ours = this.#wire.extendedMapping
    const number = frame[5]!
    if (number !== 0) {
      const message = ours[number] === undefined ? undefined : decodeExtended(frame)
      if (message) this.#handler.onMessage(message)
      return
    }
    const hello = decodeHello(frame)
    this.#numbers = hello.numbers ?? {}
    const takesAddresses = hello.takesAddresses && Object.values(ours).includes('ut_pex')
    this.#handler.onMessage({ ...hello, takesAddresses })
  }
}
