import { createHash, X509Certificate } from 'node:crypto'
import bencode from 'bencode'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { InfoHash } from '../identifiers.ts'
import { checkBencode } from './bencode-check.ts'
import { checkTree, safePathComponent } from './safe-path.ts'
import { usableUrls } from './url-list.ts'

/** One file of a torrent, at its place in the sequence of all bytes. */
export interface MetainfoFile {
  /** Path below the torrent's own directory; for a single-file torrent just its name. */
  readonly path: readonly string[]
  readonly lengthBytes: number
  readonly offsetBytes: number
  /** Zeros that only align the next file to a piece; never written to disk (BEP 47). */
  readonly isPadding: boolean
  readonly isExecutable: boolean
}

/** What a .torrent file says (BEP 3), checked. */
export interface Metainfo {
  readonly infoHash: InfoHash
  /** The info dictionary, byte for byte as the info hash was taken over it. */
  readonly infoBytes: Uint8Array
  /** Safe as the name of one file or directory. */
  readonly name: string
  readonly isMultiFile: boolean
  readonly files: readonly MetainfoFile[]
  readonly totalBytes: number
  readonly pieceLengthBytes: number
  readonly pieceCount: number
  /** SHA-1 of each piece, 20 bytes each, one after the other. */
  readonly pieceHashes: Uint8Array
  /** Tracker URLs of all tiers, in order, each once (BEP 12). */
  readonly announce: readonly string[]
  /** Web seeds (BEP 19): http and https only. Outside the info dictionary, so anybody may have changed them. */
  readonly urlList: readonly string[]
  readonly isPrivate: boolean
  /** PEM of the authority whose certificates its peers must have (`ssl-cert`, libtorrent's "SSL torrents"). */
  readonly sslCertificate?: string
}

/** Room for any certificate; a torrent must not make us read a library of them. */
const maxCertificateBytes = 16 * 1024
/** Every length that people use lies far inside; beyond it a piece in memory would be a burden. */
const maxPieceLengthBytes = 64 * 1024 * 1024
const minPieceLengthBytes = 1024

/** Length of one piece: all are equal but the last. */
export function pieceLength(metainfo: Metainfo, piece: number): number {
  const start = piece * metainfo.pieceLengthBytes
  return Math.min(metainfo.pieceLengthBytes, metainfo.totalBytes - start)
}

/**
 * Reads a .torrent file, version 1 or hybrid.
 * @throws {RookeryError} TORRENT_INVALID that names the field.
 */
export function parseMetainfo(torrent: Uint8Array): Metainfo {
  const infoBytes = infoDictionary(torrent)
  const root = bencode.decode(torrent) as Fields
  const info = root.info as Fields
  if (info.pieces === undefined && info['file tree'] !== undefined)
    throw invalid('info.pieces', 'is missing: torrents of version 2 alone are not supported')

  const name = text(info.name, 'info.name')
  safePathComponent(name, 'info.name', invalid)
  const pieceLengthBytes = integer(info['piece length'], 'info.piece length', minPieceLengthBytes, maxPieceLengthBytes)
  const pieceHashes = bytes(info.pieces, 'info.pieces')
  const isMultiFile = info.files !== undefined
  const files = isMultiFile ? fileList(info.files) : [singleFile(info, name)]
  const last = files.at(-1)!
  const totalBytes = last.offsetBytes + last.lengthBytes
  const pieceCount = Math.ceil(totalBytes / pieceLengthBytes)
  if (pieceHashes.length !== pieceCount * 20)
    throw invalid('info.pieces', `holds ${pieceHashes.length} bytes, ${pieceCount} pieces need ${pieceCount * 20}`)
  if (totalBytes === 0) throw invalid(isMultiFile ? 'info.files' : 'info.length', 'the torrent has no bytes')

  return {
    infoHash: createHash('sha1').update(infoBytes).digest('hex') as InfoHash,
    infoBytes,
    name,
    isMultiFile,
    files,
    totalBytes,
    pieceLengthBytes,
    pieceCount,
    pieceHashes,
    announce: announceUrls(root),
    urlList: urlList(root['url-list']),
    isPrivate: info.private === 1,
    sslCertificate: certificate(info['ssl-cert']),
  }
}

type Fields = Record<string, unknown>

/** The info dictionary as it stands in the file: the info hash is taken over these very bytes. */
function infoDictionary(torrent: Uint8Array): Uint8Array {
  let spans: ReturnType<typeof checkBencode>
  try {
    spans = checkBencode(torrent)
  } catch (error) {
    throw new RookeryError('TORRENT_INVALID', `the torrent is not bencoded: ${errorMessage(error)}`, { cause: error })
  }
  const span = spans?.get('info')
  if (!span) throw invalid('info', 'is missing')
  if (torrent[span.start] !== 'd'.charCodeAt(0)) throw invalid('info', 'must be a dictionary')
  return torrent.subarray(span.start, span.end)
}

function singleFile(info: Fields, name: string): MetainfoFile {
  const lengthBytes = integer(info.length, 'info.length', 0, Number.MAX_SAFE_INTEGER)
  return { path: [name], lengthBytes, offsetBytes: 0, ...attributes(info, 'info'), isPadding: false }
}

function fileList(value: unknown): MetainfoFile[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('info.files', 'must be a list that is not empty')
  let offsetBytes = 0
  const files = value.map((entry: Fields, index): MetainfoFile => {
    const field = `info.files[${index}]`
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry) || ArrayBuffer.isView(entry))
      throw invalid(field, 'must be a dictionary')
    const lengthBytes = integer(entry.length, `${field}.length`, 0, Number.MAX_SAFE_INTEGER - offsetBytes)
    const file = { lengthBytes, offsetBytes, path: filePath(entry.path, `${field}.path`), ...attributes(entry, field) }
    offsetBytes += lengthBytes
    return file
  })
  checkTree(files, invalid)
  return files
}

function filePath(value: unknown, field: string): string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(field, 'must be a list that is not empty')
  return value.map((part, index) => {
    const component = text(part, `${field}[${index}]`)
    safePathComponent(component, `${field}[${index}]`, invalid)
    return component
  })
}

/** BEP 47: `p` padding, `x` executable, `l` link. */
function attributes(entry: Fields, field: string): { isPadding: boolean; isExecutable: boolean } {
  const letters = entry.attr === undefined ? '' : text(entry.attr, `${field}.attr`)
  if (letters.includes('l')) throw invalid(`${field}.attr`, 'symbolic links are not supported')
  return { isPadding: letters.includes('p'), isExecutable: letters.includes('x') }
}

function announceUrls(root: Fields): string[] {
  const tiers = root['announce-list']
  const listed = Array.isArray(tiers) ? tiers.flat().map((url) => text(url, 'announce-list')) : []
  const single = root.announce === undefined ? [] : [text(root.announce, 'announce')]
  return [...new Set([...(listed.length > 0 ? listed : single)])].filter((url) => url !== '')
}

/** One string or a list of them. */
function urlList(value: unknown): string[] {
  if (value === undefined) return []
  const list = Array.isArray(value) ? value : [value]
  return usableUrls(list.map((url) => text(url, 'url-list')))
}

/** In the form that every reader takes for the same: PEM of one certificate. */
function certificate(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const field = 'info.ssl-cert'
  const pem = text(value, field)
  if (pem.length > maxCertificateBytes) throw invalid(field, `is longer than ${maxCertificateBytes} bytes`)
  if (pem.split('-----BEGIN ').length !== 2) throw invalid(field, 'must be one certificate in PEM')
  try {
    return new X509Certificate(pem).toString()
  } catch {
    throw invalid(field, 'must be one certificate in PEM')
  }
}

function bytes(value: unknown, field: string): Uint8Array {
  if (value === undefined) throw invalid(field, 'is missing')
  if (!(value instanceof Uint8Array)) throw invalid(field, 'must be a string')
  return value
}

function text(value: unknown, field: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes(value, field))
  } catch (error) {
    if (error instanceof RookeryError) throw error
    throw invalid(field, 'must be UTF-8')
  }
}

function integer(value: unknown, field: string, least: number, most: number): number {
  if (value === undefined) throw invalid(field, 'is missing')
  if (!Number.isSafeInteger(value)) throw invalid(field, 'must be an integer')
  const number = value as number
  if (number < least || number > most) throw invalid(field, `is ${number}, must be from ${least} to ${most}`)
  return number
}

function invalid(field: string, message: string): RookeryError {
  return new RookeryError('TORRENT_INVALID', `the torrent's ${field} ${message}`, { issues: [{ field, message }] })
}
