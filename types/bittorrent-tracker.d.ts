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
    readonly _trackers: {
      readonly announceUrl: string
      _request(...args: unknown[]): unknown
      setInterval(intervalMs?: number): void
    }[]
    on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
    start(options?: AnnounceOptions): void
    update(options?: AnnounceOptions): void
    complete(options?: AnnounceOptions): void
    stop(options?: AnnounceOptions): void
    destroy(done: () => void): void
  }
}
