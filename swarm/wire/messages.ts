/** One block: which piece, where in it, and how long; bytes. */
export interface BlockRange {
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/**
 * What two peers say to each other after their handshakes (BEP 3, 6, 10). Numbers come from the peer as they are:
 * whoever uses one checks it. `hello` is the extended handshake: where the peer listens and how many requests it queues.
 */
export type PeerMessage =
  | { readonly type: 'choke' | 'unchoke' | 'interested' | 'notInterested' | 'haveAll' | 'haveNone' | 'keepAlive' }
  | { readonly type: 'have'; readonly piece: number }
  | { readonly type: 'bitfield'; readonly bits: Uint8Array }
  | ({ readonly type: 'request' | 'cancel' | 'reject' } & BlockRange)
  | { readonly type: 'piece'; readonly piece: number; readonly offset: number; readonly data: Uint8Array }
  | { readonly type: 'hello'; readonly listenPort?: number; readonly maxRequests?: number }
