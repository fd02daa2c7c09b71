import type { Random } from '../runtime/random.ts'

declare const brand: unique symbol
type Branded<T, B extends string> = T & { readonly [brand]: B }

/** SHA-1 of a torrent's info dictionary as 40 lower-case hex digits (BEP 3): the name of a swarm. */
export type InfoHash = Branded<string, 'InfoHash'>
/** The 20 bytes a peer calls itself by, as 40 lower-case hex digits (BEP 20 for the prefix). */
export type PeerId = Branded<string, 'PeerId'>
/** Number of a piece; comes only from a bounds check against a torrent. */
export type PieceIndex = Branded<number, 'PieceIndex'>
/** Bytes from the start of a piece to the start of a block of it. */
export type BlockOffset = Branded<number, 'BlockOffset'>

/** Prefixes of peer ids (BEP 20), so that a peer can tell bytes of the seeder from bytes of the fleet. */
export const seederPeerIdPrefix = '-RS0100-'
export const agentPeerIdPrefix = '-RA0100-'

/** @param hex 40 hex digits, as the wire library gives them. */
export function peerIdOf(hex: string): PeerId {
  return hex.toLowerCase() as PeerId
}

/** A new peer id: `prefix` and random bytes to fill it up to 20. */
export function createPeerId(prefix: string, random: Random): PeerId {
  const head = Buffer.from(prefix, 'latin1').subarray(0, 20)
  return Buffer.concat([head, random.bytes(20 - head.length)]).toString('hex') as PeerId
}

export function isSeederPeerId(peerId: PeerId): boolean {
  return peerId.startsWith(seederPrefixHex)
}

const seederPrefixHex = Buffer.from(seederPeerIdPrefix, 'latin1').toString('hex')

/** The index when the torrent has such a piece, else undefined. */
export function pieceIndex(value: number, pieceCount: number): PieceIndex | undefined {
  return Number.isInteger(value) && value >= 0 && value < pieceCount ? (value as PieceIndex) : undefined
}

/** A block's offset when it lies on a block boundary inside a piece of that length, else undefined. */
export function blockOffset(value: number, pieceLengthBytes: number): BlockOffset | undefined {
  const isBoundary = Number.isInteger(value) && value >= 0 && value % blockLengthBytes === 0
  return isBoundary && value < pieceLengthBytes ? (value as BlockOffset) : undefined
}

/** Unit of a request: every client serves it, and more than this many drop who asks for a larger one. */
export const blockLengthBytes = 16 * 1024
