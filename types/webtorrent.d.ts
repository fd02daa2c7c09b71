declare module 'webtorrent' {
  /** abstract-chunk-store, as far as it is asked for. */
  export interface ChunkStore {
    readonly chunkLength: number
    put(index: number, bytes: Uint8Array, done: (error: Error | null) => void): void
    get(
      index: number,
      options: { readonly offset?: number; readonly length?: number } | null,
      done: (error: Error | null, bytes?: Uint8Array) => void,
    ): void
    close(done: (error: Error | null) => void): void
    destroy(done: (error: Error | null) => void): void
  }
  interface ClientOptions {
    peerId?: string
    /** Handed to `net.Server.listen`, which takes an object as well. */
    torrentPort?: number | { readonly host: string; readonly port: number }
    maxConns?: number
    tracker?: false
    dht?: false | { readonly bootstrap?: readonly string[] }
    lsd?: boolean
    utPex?: boolean
    utp?: boolean
    natUpnp?: boolean
    natPmp?: boolean
    webSeeds?: boolean
    /** 0: plain, 1: obfuscated if the peer can, 2: obfuscated only. */
    secure?: 0 | 1 | 2
  }
  interface AddOptions {
    /** Where the files go, when there is no store of ours. */
    path?: string
    /** Pieces that are there; each file's are spot-checked. */
    bitfield?: Uint8Array
    skipVerify?: boolean
    preloadedStore?: ChunkStore
    storeCacheSlots?: number
    /** Pieces that a web seed is asked for at once. */
    maxWebConns?: number
    /** Wants no piece until it is selected. */
    deselect?: boolean
  }
  interface WireEvents {
    download: [bytes: number]
    upload: [bytes: number]
  }
  export interface Wire {
    readonly type: string
    readonly peerId: string
    on<E extends keyof WireEvents>(event: E, listener: (...args: WireEvents[E]) => void): this
  }
  interface TorrentEvents {
    infoHash: []
    ready: []
    done: []
    wire: [wire: Wire, address: string | undefined]
    warning: [error: Error | string]
    error: [error: Error | string]
  }
  export interface Torrent {
    readonly infoHash: string | undefined
    readonly destroyed: boolean
    readonly wires: readonly Wire[]
    /** Bytes of verified pieces, and received bytes of the others. */
    readonly downloaded: number
    on<E extends keyof TorrentEvents>(event: E, listener: (...args: TorrentEvents[E]) => void): this
    /** By address. The connection of uTP has no such switch. */
    readonly _peers: ReadonlyMap<string, { readonly wire: Wire | null; readonly conn: { setNoDelay?(on: true): void } }>
    /** False when the address is none, or the peer is known. Throws before `infoHash` and after `destroy`. */
    addPeer(address: string): boolean
    /** A connection without a socket, to somebody who has every piece. */
    addWebSeed(connection: import('bittorrent-protocol').default & { readonly connId: string }): void
    /**
     * Pieces `from` to `to` are wanted, after those of the same priority that were selected before. The public `select`
     * is this without the last argument, and then merges neighbours into one run from the lowest piece up.
     */
    _select(from: number, to: number, priority: number, notify: undefined, isOfItsOwn: true): void
    destroy(done: (error?: Error | null) => void): void
  }
  interface ClientEvents {
    listening: []
    error: [error: Error | string]
  }
  export default class WebTorrent {
    static readonly UTP_SUPPORT: boolean
    constructor(options: ClientOptions)
    /** A number once it listens. */
    readonly torrentPort: number
    readonly destroyed: boolean
    on<E extends keyof ClientEvents>(event: E, listener: (...args: ClientEvents[E]) => void): this
    once<E extends keyof ClientEvents>(event: E, listener: (...args: ClientEvents[E]) => void): this
    off<E extends keyof ClientEvents>(event: E, listener: (...args: ClientEvents[E]) => void): this
    /** By info hash; asked for each peer that dials. */
    get(infoHash: string): Promise<Torrent | null>
    add(torrent: Uint8Array, options: AddOptions): Torrent
    /** Bytes a second; -1 for no limit. */
    throttleUpload(rate: number): void
    throttleDownload(rate: number): void
    destroy(done: (error?: Error | null) => void): void
  }
}
