declare module 'bittorrent-tracker/client' {
  interface AnnounceOptions {
    uploaded?: number
    downloaded?: number
    left?: number
    numwant?: number
  }
  interface Update {
    readonly announce: string
    readonly interval?: number
    readonly complete?: number
    readonly incomplete?: number
  }
  interface Events {
    peer: [address: string]
    update: [update: Update]
    warning: [error: Error]
    error: [error: Error]
  }
  export default class Client {
    constructor(options: {
      infoHash: string
      peerId: string
      announce: string[]
      port: number
      userAgent?: string
      wrtc?: false
      getAnnounceOpts?: () => AnnounceOptions
    })
    /** One for each announce URL it understands. */
    readonly _trackers: { _request(...args: unknown[]): unknown; setInterval(intervalMs: number): void }[]
    on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
    start(options?: AnnounceOptions): void
    update(options?: AnnounceOptions): void
    complete(options?: AnnounceOptions): void
    stop(options?: AnnounceOptions): void
    destroy(done: () => void): void
  }
}

declare module 'bittorrent-tracker/server' {
  import type { Socket } from 'node:dgram'
  import type { Server as HttpServer } from 'node:http'

  interface AnnounceParameters {
    readonly type: 'http' | 'udp' | 'ws'
    readonly event?: string
    readonly peer_id: string
    numwant: number
  }
  interface Swarm {
    readonly complete: number
    readonly incomplete: number
    readonly peers: { readonly keys: readonly string[]; peek(key: string): unknown }
  }
  interface Events {
    listening: []
    error: [error: Error]
    warning: [error: Error]
    start: [address: string, parameters: AnnounceParameters]
    stop: [address: string, parameters: AnnounceParameters]
    complete: [address: string, parameters: AnnounceParameters]
    update: [address: string, parameters: AnnounceParameters]
  }
  export default class Server {
    constructor(options: {
      interval?: number
      http?: boolean
      udp?: boolean | { recvBufferSize?: number }
      ws?: boolean
      stats?: boolean
      peersCacheLength?: number
      peersCacheTtl?: number
      filter?: (infoHash: string, parameters: AnnounceParameters, done: (refusal: Error | null) => void) => void
    })
    readonly http: HttpServer | null
    udp: Socket | null
    udp4: Socket | null
    udp6: Socket | null
    readonly torrents: Record<string, Swarm>
    on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
    listen(
      ports: { http?: number; udp?: number },
      hosts: { http?: string; udp?: string; udp6?: string },
      done?: () => void,
    ): void
    close(done: () => void): void
    onUdpRequest(message: Buffer, from: { family: string; address: string; port: number }): void
  }
}
