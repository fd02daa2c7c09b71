// What we use of bittorrent-tracker's server, which ships no types.
declare module 'bittorrent-tracker/server' {
  import type { Socket } from 'node:dgram'
  import { EventEmitter } from 'node:events'
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface AnnounceParams {
    type: 'http' | 'udp' | 'ws'
    event?: string
    numwant: number
    addr?: string
  }

  interface ServerOptions {
    interval?: number
    peersCacheLength?: number
    peersCacheTtl?: number
    http?: boolean
    udp?: boolean
    ws?: boolean
    stats?: boolean
    filter?: (infoHash: string, params: AnnounceParams, done: (error?: Error | null) => void) => void
  }

  export default class Server extends EventEmitter {
    constructor(options?: ServerOptions)
    torrents: Record<
      string,
      { complete: number; incomplete: number; peers: { length: number; keys: string[]; peek(key: string): unknown } }
    >
    udp4: Socket | null
    onHttpRequest(request: IncomingMessage, response: ServerResponse, options?: object): void
    onUdpRequest(message: Buffer, remote: { address: string; port: number; family: string }): void
    close(done?: (error?: Error | null) => void): void
  }
}
