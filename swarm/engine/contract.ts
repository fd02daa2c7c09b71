import type { PeerId, PieceIndex } from '../identifiers.ts'
import type { PeerMessage } from '../wire/messages.ts'

/** Number of a connection, given by whoever runs the engine; never used twice. From 1. */
export type ConnectionId = number

/** Everything that can happen to an engine. */
export type EngineInput =
  /** The tracker or somebody else named peers; each `host:port`. */
  | { readonly type: 'peersFound'; readonly addresses: readonly string[] }
  /** A `dial` came to nothing. */
  | { readonly type: 'dialFailed'; readonly address: string }
  /** Both handshakes are done. `address` is the one that was dialled, `host` the peer's own. */
  | {
      readonly type: 'connected'
      readonly connection: ConnectionId
      readonly peerId: PeerId
      readonly host: string
      readonly address: string | undefined
      /** Both sides speak the fast extension (BEP 6). */
      readonly isFast: boolean
    }
  /** The connection is gone, whoever ended it. Follows each `connected` once. */
  | { readonly type: 'disconnected'; readonly connection: ConnectionId }
  /** `data` of a block is looked at only while the input is handled. */
  | { readonly type: 'received'; readonly connection: ConnectionId; readonly message: PeerMessage }
  /** The block of a `sendBlock` has left, or its connection is gone. */
  | { readonly type: 'blockSent'; readonly connection: ConnectionId; readonly length: number }
  /** The answer to `checkPiece`. A good piece is on the disk; of a bad one nothing is kept. */
  | {
      readonly type: 'pieceChecked'
      readonly piece: PieceIndex
      readonly isGood: boolean
      /** Digest of each block, when they were asked for or the piece is bad. */
      readonly blockDigests?: readonly string[]
    }
  /** Bytes of the piece that `fetchPiece` asked for, in order; looked at only while the input is handled. */
  | { readonly type: 'webSeedBlock'; readonly piece: PieceIndex; readonly offset: number; readonly data: Uint8Array }
  /** Ends what `fetchPiece` began; when it is not complete, no other is asked for before `retryAfterMs`. */
  | {
      readonly type: 'webSeedEnded'
      readonly piece: PieceIndex
      readonly isComplete: boolean
      readonly retryAfterMs: number
    }
  /** The time that `nextTimeoutMs` named has come. */
  | { readonly type: 'timeout' }

/** Everything an engine asks for; to be done in this order. */
export type EngineOutput =
  | { readonly type: 'dial'; readonly address: string }
  | { readonly type: 'send'; readonly connection: ConnectionId; readonly message: PeerMessage }
  /** Read a block and send it; answered by `blockSent`. */
  | {
      readonly type: 'sendBlock'
      readonly connection: ConnectionId
      readonly piece: PieceIndex
      readonly offset: number
      readonly length: number
    }
  /** Keep a block of a piece that is not complete. `data` is the peer's buffer: copy it at once. */
  | { readonly type: 'storeBlock'; readonly piece: PieceIndex; readonly offset: number; readonly data: Uint8Array }
  /** All blocks are there: compare with the torrent's hash, write when it is good; answered by `pieceChecked`. */
  | { readonly type: 'checkPiece'; readonly piece: PieceIndex; readonly withDigests: boolean }
  /** Forget the blocks of a piece. */
  | { readonly type: 'discardPiece'; readonly piece: PieceIndex }
  /** Peers bring nothing: get the whole piece from a web seed; answered by `webSeedBlock`s and `webSeedEnded`. */
  | { readonly type: 'fetchPiece'; readonly piece: PieceIndex }
  /** What the web seed sent of this piece does not verify. */
  | { readonly type: 'webSeedLied'; readonly piece: PieceIndex }
  /** Close; answered by `disconnected`. */
  | { readonly type: 'disconnect'; readonly connection: ConnectionId; readonly reason: string }
  /** A peer sent what does not verify; it stays out of this torrent. */
  | { readonly type: 'banned'; readonly peerId: PeerId; readonly reason: string }
  /** The last piece is held. Once, and never by an engine that began complete. */
  | { readonly type: 'completed' }

/** What an engine counted; bytes are those of blocks. */
export interface EngineCounters {
  bytesFromPeers: number
  bytesFromSeeder: number
  bytesFromWebSeed: number
  /** Received twice, unasked or of a piece that did not verify. */
  bytesWasted: number
  bytesUploaded: number
  /** Most connections at once. */
  mostPeers: number
  /** Longest time between two blocks, or before the first, in ms. */
  longestStallMs: number
}

/** Nothing has come or gone yet. */
export function zeroCounters(): EngineCounters {
  return {
    bytesFromPeers: 0,
    bytesFromSeeder: 0,
    bytesFromWebSeed: 0,
    bytesWasted: 0,
    bytesUploaded: 0,
    mostPeers: 0,
    longestStallMs: 0,
  }
}
