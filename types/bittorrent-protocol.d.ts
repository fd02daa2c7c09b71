declare module 'bittorrent-protocol' {
  interface Extensions {
    dht?: boolean
    fast?: boolean
    extended?: boolean
  }
  interface Events {
    handshake: [infoHash: string, peerId: string, extensions: Extensions]
    choke: []
    unchoke: []
    interested: []
    uninterested: []
    'have-all': []
    'have-none': []
    reject: [index: number, offset: number, length: number]
    request: [index: number, offset: number, length: number, respond: (error: Error | null, bytes?: Uint8Array) => void]
    close: []
    'keep-alive': []
  }
  export default class Wire {
    constructor(type?: string)
    readonly hasFast: boolean
    readonly destroyed: boolean
    extendedHandshake: Record<string, unknown>
    /** Extensions announced to the peer, by the number they come under. */
    extendedMapping: Record<number, string>
    on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
    handshake(infoHash: Uint8Array | string, peerId: Uint8Array | string, extensions?: Extensions): void
    keepAlive(): void
    choke(): void
    unchoke(): void
    interested(): void
    uninterested(): void
    have(index: number): void
    bitfield(bits: Uint8Array): void
    haveAll(): void
    haveNone(): void
    reject(index: number, offset: number, length: number): void
    destroy(): void
    /** streamx: hands bytes on to the reader; null at the end. */
    push(chunk: Uint8Array | null): boolean
    /** streamx: takes bytes from the writer. */
    _write(chunk: Uint8Array, done: (error: Error | null) => void): void
  }
}
