import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import bencode from 'bencode'
import createTorrent from 'create-torrent'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import { parseMetainfo } from './metainfo.ts'
import { isWebSeedUrl } from './url-list.ts'

interface MetainfoOptions {
  /** A file or a directory. */
  readonly path: string
  readonly announce: readonly string[]
  /** Chosen by the size when it is left out; a power of two from 16 KiB. */
  readonly pieceLengthBytes?: number
  readonly private?: boolean
  /** The torrent's name; the last part of `path` when it is left out. */
  readonly name?: string
  /** Web seeds (BEP 19): HTTP URLs of the file, or one that ends in `/` of the directory it lies in. The info hash does not depend on them. */
  readonly urlList?: readonly string[]
  /** PEM of the authority whose certificates peers must have: the torrent is for TLS only. Part of the info hash. */
  readonly sslCertificate?: string
}

/**
 * Makes a .torrent from what is on disk; reads it as a stream. Files of a directory come in the order of their paths,
 * so that the same tree always has the same info hash. Links are followed, as every BitTorrent client does.
 * @throws {RookeryError} FILE_UNREADABLE; TORRENT_INVALID when no torrent can be made of it.
 */
export async function createMetainfo(options: MetainfoOptions): Promise<Uint8Array> {
  const path = resolve(options.path)
  const { urlList = [] } = options
  const unusable = urlList.find((url) => !isWebSeedUrl(url))
  if (unusable !== undefined)
    throw new RookeryError('TORRENT_INVALID', `the web seed ${unusable} is no http(s) URL that anybody can open`)
  const settings = {
    name: options.name ?? basename(path),
    announceList: options.announce.map((url) => [url]),
    pieceLength: options.pieceLengthBytes,
    private: options.private,
    createdBy: 'Rookery',
    filterJunkFiles: false,
    ...(urlList.length > 0 ? { urlList: [...urlList] } : {}),
    sslCert: options.sslCertificate,
  }
  let torrent: Uint8Array
  try {
    const files = (await stat(path)).isDirectory() ? await filesBelow(path) : undefined
    if (files?.length === 0) throw new RookeryError('TORRENT_INVALID', `${path} holds no file`)
    torrent = await create(files ? files.map((file) => lazyFile(path, settings.name, file)) : path, settings)
    if (files?.length === 1) torrent = asMultiFile(torrent, files[0]!)
  } catch (error) {
    if (error instanceof RookeryError) throw error
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  }
  parseMetainfo(torrent)
  return torrent
}

type Input = Parameters<typeof createTorrent>[0]
type Settings = Parameters<typeof createTorrent>[1]

function create(input: Input, settings: Settings): Promise<Uint8Array> {
  return new Promise((fulfil, reject) => {
    createTorrent(input, settings, (error, torrent) => (error ? reject(error) : fulfil(torrent)))
  })
}

/** Paths of all files below a directory, sorted. The library's own walk leaves hidden files out and hangs on a FIFO. */
async function filesBelow(root: string, below: readonly string[] = []): Promise<string[][]> {
  const names = (await readdir(join(root, ...below))).sort()
  const files: string[][] = []
  for (const name of names) {
    const path = [...below, name]
    const found = await stat(join(root, ...path))
    if (found.isDirectory()) files.push(...(await filesBelow(root, path)))
    else if (found.isFile()) files.push(path)
    else throw new Error(`${join(...path)} is neither a file nor a directory`)
  }
  return files
}

/** Opened when its turn comes, so that a directory of any size needs one open file. */
function lazyFile(root: string, name: string, path: readonly string[]) {
  return {
    fullPath: [name, ...path].join('/'),
    name: path.at(-1)!,
    pipe: () => {},
    [Symbol.asyncIterator]: () => createReadStream(join(root, ...path))[Symbol.asyncIterator](),
  }
}

/** A directory of one file stays a directory; the library makes a single-file torrent of any one input. */
function asMultiFile(torrent: Uint8Array, path: readonly string[]): Uint8Array {
  const root = bencode.decode(torrent) as { info: Record<string, unknown> }
  const { length, ...info } = root.info
  return bencode.encode({ ...root, info: { ...info, files: [{ length, path }] } })
}
