import { blockLengthBytes } from '../identifiers.ts'
import { messageIds } from './message-ids.ts'

/** What a reader finds. Bytes are looked at only during the call: the buffer is used again. */
export interface FrameHandler {
  /** The 68 bytes of the handshake; it says what BitTorrent it is, the rest is unchecked. */
  onHandshake(bytes: Uint8Array): void
  onBlock(piece: number, offset: number, data: Uint8Array): void
  onRange(type: 'request' | 'cancel', piece: number, offset: number, length: number): void
  /** Any other message: the whole frame with its length, which fits its kind. */
  onControl(id: number, frame: Uint8Array): void
}

/** A peer broke the protocol; the message says how. The connection ends, nothing else does. */
export class WireViolation extends Error {
  override name = 'WireViolation'
}

const protocolName = Buffer.from('\x13BitTorrent protocol', 'latin1')
const handshakeBytes = 68
/** Longest message of an unknown kind or extension; a bitfield may be longer when the torrent has that many pieces. */
const maxControlBytes = 64 * 1024
const blockHeaderBytes = 13

/** Body lengths, id included, of the messages that have just one. */
const fixedLengths: Readonly<Record<number, number>> = {
  [messageIds.choke]: 1,
  [messageIds.unchoke]: 1,
  [messageIds.interested]: 1,
  [messageIds.notInterested]: 1,
  [messageIds.have]: 5,
  [messageIds.request]: 13,
  [messageIds.cancel]: 13,
  [messageIds.port]: 3,
  [messageIds.suggest]: 5,
  [messageIds.haveAll]: 1,
  [messageIds.haveNone]: 1,
  [messageIds.reject]: 13,
  [messageIds.allowedFast]: 5,
}

/**
 * Cuts a peer's byte stream into frames (BEP 3). A frame that lies whole in one chunk is handed on as it lies there;
 * only one that is split over chunks is gathered. Memory is bounded by the longest frame allowed.
 */
export class FrameReader {
  readonly #handler: FrameHandler
  #isGreeted = false
  #bitfieldBytes = 0
  /** Start of a frame whose end has not come. */
  #gathered = new Uint8Array(4 + 9 + blockLengthBytes)
  #gatheredBytes = 0

  constructor(handler: FrameHandler) {
    this.#handler = handler
  }

  /** Tells how long a bitfield is, once the handshake has said which torrent it is about. */
  expectPieces(pieceCount: number): void {
    this.#bitfieldBytes = Math.ceil(pieceCount / 8)
  }

  /** @throws {WireViolation} when the peer does not speak the protocol; the reader is of no more use then. */
  push(chunk: Uint8Array): void {
    let at = this.#gatheredBytes > 0 ? this.#gather(chunk) : 0
    while (at < chunk.length) {
      const length = this.#frameLength(chunk, at, chunk.length - at)
      if (length === undefined || chunk.length - at < length) break
      this.#dispatch(chunk.subarray(at, at + length))
      at += length
    }
    if (at < chunk.length) this.#keep(chunk.subarray(at))
  }

  /** Completes the gathered frame from the chunk; returns how many of its bytes that took. */
  #gather(chunk: Uint8Array): number {
    let at = 0
    for (;;) {
      const length = this.#frameLength(this.#gathered, 0, this.#gatheredBytes)
      // Four bytes say how long the frame is.
      const wanted = length ?? 4
      const taken = Math.min(wanted - this.#gatheredBytes, chunk.length - at)
      this.#keep(chunk.subarray(at, at + taken))
      at += taken
      if (length !== undefined && this.#gatheredBytes === length) {
        this.#gatheredBytes = 0
        this.#dispatch(this.#gathered.subarray(0, length))
        return at
      }
      if (at === chunk.length && (length !== undefined || this.#gatheredBytes < 4)) return at
    }
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#gatheredBytes + bytes.length
    if (length > this.#gathered.length) {
      const larger = new Uint8Array(Math.max(length, Math.min(2 * this.#gathered.length, this.#maxFrameBytes)))
      larger.set(this.#gathered.subarray(0, this.#gatheredBytes))
      this.#gathered = larger
    }
    this.#gathered.set(bytes, this.#gatheredBytes)
    this.#gatheredBytes = length
  }

  get #maxFrameBytes(): number {
    return 4 + Math.max(maxControlBytes, 1 + this.#bitfieldBytes)
  }

  /** Length of the frame at `at`, its length field included; undefined when too few bytes are there to tell. */
  #frameLength(bytes: Uint8Array, at: number, available: number): number | undefined {
    if (!this.#isGreeted) {
      const known = Math.min(available, protocolName.length)
      for (let index = 0; index < known; index++)
        if (bytes[at + index] !== protocolName[index]) throw new WireViolation('does not speak BitTorrent')
      return handshakeBytes
    }
    if (available < 4) return undefined
    const length = uint32(bytes, at)
    if (length + 4 > this.#maxFrameBytes) throw new WireViolation(`sent a message of ${length} bytes`)
    return length + 4
  }

  #dispatch(frame: Uint8Array): void {
    if (!this.#isGreeted) {
      this.#isGreeted = true
      return this.#handler.onHandshake(frame)
    }
    const length = frame.length - 4
    if (length === 0) return this.#handler.onControl(messageIds.keepAlive, frame)
    const id = frame[4]!
    const expected = id === messageIds.bitfield ? 1 + this.#bitfieldBytes : fixedLengths[id]
    if (expected !== undefined && length !== expected)
      throw new WireViolation(`sent message ${id} with ${length} bytes instead of ${expected}`)
    if (id === messageIds.piece) this.#onBlock(frame, length)
    else if (id === messageIds.request || id === messageIds.cancel)
      this.#handler.onRange(
        id === messageIds.request ? 'request' : 'cancel',
        uint32(frame, 5),
        uint32(frame, 9),
        uint32(frame, 13),
      )
    else this.#handler.onControl(id, frame)
  }

  #onBlock(frame: Uint8Array, length: number): void {
    if (length <= blockHeaderBytes - 4 || length > 9 + blockLengthBytes)
      throw new WireViolation(`sent a block of ${length - 9} bytes`)
    this.#handler.onBlock(uint32(frame, 5), uint32(frame, 9), frame.subarray(blockHeaderBytes))
  }
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
