declare module 'create-torrent' {
  interface Options {
    name?: string
    announceList?: string[][]
    pieceLength?: number
    private?: boolean
    createdBy?: string
    urlList?: string[]
    sslCert?: string
    filterJunkFiles?: boolean
  }
  /** A file that is read only when its turn comes; `pipe` is how the library tells streams from other input. */
  interface LazyFile extends AsyncIterable<Uint8Array> {
    readonly fullPath: string
    readonly name: string
    pipe(): void
  }
  export default function createTorrent(
    input: string | LazyFile[],
    options: Options,
    callback: (error: Error | null, torrent: Uint8Array) => void,
  ): void
}
