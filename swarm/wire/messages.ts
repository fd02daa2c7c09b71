/** One block: which piece, where in it, and how long; bytes. */
export interface BlockRange {
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** By the name of the extension (BEP 10). */
export type ExtensionNumbers = Readonly<Partial<Record<'rk_offer' | 'ut_pex', number>>>

/**
 * What two peers say to each other after their handshakes (BEP 3, 6, 10). Numbers come from the peer as they are:
 * whoever uses one checks it. `hello` is the extended handshake: where the peer listens and how many requests it queues.
 */
export type PeerMessage =
  | { readonly type: 'choke' | 'unchoke' | 'interested' | 'notInterested' | 'haveAll' | 'haveNone' | 'keepAlive' }
  | { readonly type: 'have'; readonly piece: number }
  /** Several `have`, one after the other. Only sent; they arrive one by one. */
  | { readonly type: 'haves'; readonly pieces: readonly number[] }
  /** Rookery's own: "I can send you this piece now." Answered by requests for all of it, or by `decline`. */
  | { readonly type: 'offer'; readonly piece: number }
  /** `coming`: pieces that are on their way already. Without `hasRoom`, no piece can be taken now. */
  | { readonly type: 'decline'; readonly piece: number; readonly hasRoom: boolean; readonly coming: readonly number[] }
  /** All of an offered piece has come; whether it verifies is said later, by `have`. */
  | { readonly type: 'received'; readonly piece: number }
  /** Peers that the sender is or is no longer connected to (ut_pex, BEP 11); each `host:port`. */
  | { readonly type: 'exchange'; readonly added: readonly string[]; readonly dropped: readonly string[] }
  /** Who had no room has some now. */
  | { readonly type: 'ready' }
  | { readonly type: 'bitfield'; readonly bits: Uint8Array }
  | ({ readonly type: 'request' | 'cancel' | 'reject' } & BlockRange)
  | { readonly type: 'piece'; readonly piece: number; readonly offset: number; readonly data: Uint8Array }
  | {
      readonly type: 'hello'
      readonly listenPort?: number
      readonly maxRequests?: number
      /** Under which it takes each of our extensions that it knows. */
      readonly numbers?: ExtensionNumbers
      /** It takes addresses of other peers. */
      readonly takesAddresses?: boolean
      /** It is one of ours: pieces are offered to it rather than asked for. */
      readonly speaksOffers?: boolean
      readonly zone?: string
      readonly rack?: string
    }
