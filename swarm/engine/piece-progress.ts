import type { PeerId, PieceIndex } from '../identifiers.ts'
import type { ConnectionId } from './contract.ts'

/** No connection. */
export const nobody: ConnectionId = 0

/** When a piece was begun, and how many bytes of pieces had come by then. */
export interface Since {
  readonly sinceMs: number
  readonly deliveredBefore: number
}

/** A piece of which some blocks are requested or received. */
export class PieceProgress {
  readonly piece: PieceIndex
  readonly blockCount: number
  /**
   * The whole piece must come from its owner alone, since it came wrong from several peers before: this time it shall be
   * clear who sent it.
   */
  readonly isExclusive: boolean
  /** The connection that began the piece and asks for its blocks first; `nobody` when that one is gone or too slow. */
  owner: ConnectionId
  readonly sinceMs: number
  readonly deliveredBefore: number
  /** Everyone who was asked for some of it. */
  readonly asked = new Set<ConnectionId>()
  /** Requests in flight for each block, those to snubbed peers left out. */
  readonly #requests: Uint8Array
  /** Who sent each block: index into `#senders`, from 1; 0 for none yet. */
  readonly #sentBy: Uint16Array
  readonly #senders: PeerId[] = []
  #receivedCount = 0
  /** Blocks that are neither requested nor received. */
  #freeCount: number
  /** No block before this one is free. */
  #firstFree = 0

  constructor(piece: PieceIndex, blockCount: number, owner: ConnectionId, isExclusive: boolean, since: Since) {
    this.piece = piece
    this.blockCount = blockCount
    this.owner = owner
    this.isExclusive = isExclusive
    this.sinceMs = since.sinceMs
    this.deliveredBefore = since.deliveredBefore
    this.#requests = new Uint8Array(blockCount)
    this.#sentBy = new Uint16Array(blockCount)
    this.#freeCount = blockCount
  }

  get isComplete(): boolean {
    return this.#receivedCount === this.blockCount
  }

  get isUntouched(): boolean {
    return this.#receivedCount === 0
  }

  get hasFreeBlock(): boolean {
    return this.#freeCount > 0
  }

  get senders(): readonly PeerId[] {
    return this.#senders
  }

  isReceived(block: number): boolean {
    return this.#sentBy[block] !== 0
  }

  requestsOf(block: number): number {
    return this.#requests[block]!
  }

  /** Who sent each block; the piece must be complete. */
  sendersByBlock(): PeerId[] {
    return Array.from(this.#sentBy, (sender) => this.#senders[sender - 1]!)
  }

  /** A block that nobody was asked for, or undefined. */
  freeBlock(): number | undefined {
    if (this.#freeCount === 0) return undefined
    while (this.#requests[this.#firstFree] !== 0 || this.#sentBy[this.#firstFree] !== 0) this.#firstFree++
    return this.#firstFree
  }

  addRequest(block: number): void {
    if (this.#requests[block]!++ === 0 && this.#sentBy[block] === 0) this.#freeCount--
  }

  /** A request will not be answered, or has been. */
  dropRequest(block: number): void {
    if (--this.#requests[block]! > 0 || this.#sentBy[block] !== 0) return
    this.#freeCount++
    if (block < this.#firstFree) this.#firstFree = block
  }

  receive(block: number, peerId: PeerId): void {
    let sender = this.#senders.indexOf(peerId)
    if (sender === -1) sender = this.#senders.push(peerId) - 1
    if (this.#requests[block] === 0) this.#freeCount--
    this.#sentBy[block] = sender + 1
    this.#receivedCount++
  }
}
