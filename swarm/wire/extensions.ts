import bencode from 'bencode'
import { errorMessage } from '../../runtime/errors.ts'
import { checkBencode } from '../metainfo/bencode-check.ts'
import { decodeCompact, encodeCompact } from './compact-address.ts'
import { WireViolation } from './frame-reader.ts'
import { messageIds } from './message-ids.ts'
import type { PeerMessage } from './messages.ts'

type OfferMessage = PeerMessage & { type: 'offer' | 'decline' | 'ready' | 'received' }
type ExchangeMessage = PeerMessage & { type: 'exchange' }

/**
 * Our extensions (BEP 10): `ut_pex` is BEP 11's, all others know it.
 *
 * `rk_offer` is Rookery's own; its messages, after the extension's number, numbers big-endian:
 * offer `0 piece[4]` · decline `1 piece[4] hasRoom[1] coming[4]…` · ready `2` · received `3 piece[4]`.
 */
const offerNumber = 1
const exchangeNumber = 2

/** What a peer is told that we take. Addresses of a private torrent's peers come from its tracker alone (BEP 27). */
export function extensionNames(isPrivate: boolean): Record<number, string> {
  return isPrivate ? { [offerNumber]: 'rk_offer' } : { [offerNumber]: 'rk_offer', [exchangeNumber]: 'ut_pex' }
}

/** Whether an `extended` frame is one of the few bytes of `rk_offer`. */
export function isOfferFrame(frame: Uint8Array): boolean {
  return frame[5] === offerNumber && frame.length <= maxOfferFrameBytes
}

const kinds = { offer: 0, decline: 1, ready: 2, received: 3 } as const
const leastLengths = [5, 6, 1, 5]
/** Pieces named as coming, at most: more are never worth it. */
const maxComing = 16
const maxOfferFrameBytes = 12 + 4 * maxComing
const maxLabelLength = 64
/** Addresses taken from one message, of each family. */
const maxAddresses = 200

/** @param number under which the peer takes `rk_offer`. */
export function encodeOfferMessage(message: OfferMessage, number: number): Uint8Array {
  const coming = message.type === 'decline' ? message.coming.slice(0, maxComing) : []
  const length = leastLengths[kinds[message.type]]! + 4 * coming.length
  const frame = Buffer.alloc(6 + length)
  frame.writeUInt32BE(2 + length, 0)
  frame[4] = messageIds.extended
  frame[5] = number
  frame[6] = kinds[message.type]
  if (message.type !== 'ready') frame.writeUInt32BE(message.piece, 7)
  if (message.type === 'decline') frame[11] = message.hasRoom ? 1 : 0
  for (const [index, piece] of coming.entries()) frame.writeUInt32BE(piece, 12 + 4 * index)
  return frame
}

/** @param number under which the peer takes `ut_pex`. */
export function encodeExchange({ added, dropped }: ExchangeMessage, number: number): Uint8Array {
  const [come, gone] = [encodeCompact(added), encodeCompact(dropped)]
  const flags = (bytes: Uint8Array, addressBytes: number) => new Uint8Array(bytes.length / addressBytes)
  const content = bencode.encode({
    added: come.ipv4,
    'added.f': flags(come.ipv4, 6),
    added6: come.ipv6,
    'added6.f': flags(come.ipv6, 18),
    dropped: gone.ipv4,
    dropped6: gone.ipv6,
  })
  const frame = Buffer.alloc(6 + content.length)
  frame.writeUInt32BE(2 + content.length, 0)
  frame[4] = messageIds.extended
  frame[5] = number
  frame.set(content, 6)
  return frame
}

/**
 * The message of one of our extensions in a whole `extended` frame; undefined when it is another's.
 * @throws {WireViolation} when it is ours and not as it must be.
 */
export function decodeExtended(frame: Uint8Array): PeerMessage | undefined {
  if (frame[5] === exchangeNumber) return decodeExchange(frame)
  if (frame[5] !== offerNumber) return undefined
  const kind = frame[6]
  const comingBytes = kind === undefined ? -1 : frame.length - 6 - leastLengths[kind]!
  const isRight = kind === kinds.decline ? comingBytes % 4 === 0 && comingBytes <= 4 * maxComing : comingBytes === 0
  if (!isRight || comingBytes < 0) throw new WireViolation(`sent an rk_offer message of ${frame.length - 6} bytes`)
  if (kind === kinds.ready) return { type: 'ready' }
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
  const piece = bytes.readUInt32BE(7)
  if (kind === kinds.offer || kind === kinds.received)
    return { type: kind === kinds.offer ? 'offer' : 'received', piece }
  const coming = Array.from({ length: comingBytes / 4 }, (_, index) => bytes.readUInt32BE(12 + 4 * index))
  return { type: 'decline', piece, hasRoom: frame[11] === 1, coming }
}

/**
 * The content of an extended handshake; the wire library trusts it, so it is checked first.
 * @throws {WireViolation} when it is not bencoded, or names extensions without a number.
 */
export function decodeHello(frame: Uint8Array): PeerMessage & { type: 'hello' } {
  const content = decodeContent(frame, 'an extended handshake')
  const { m: extensions = {} } = content as { m?: Record<string, unknown> }
  if (typeof extensions !== 'object' || extensions === null || !Object.values(extensions).every(Number.isInteger))
    throw new WireViolation('sent an extended handshake with extensions that have no number')
  const { p, reqq } = content
  const numbers = { rk_offer: numberOf(extensions, 'rk_offer'), ut_pex: numberOf(extensions, 'ut_pex') }
  const isPort = Number.isInteger(p) && (p as number) > 0 && (p as number) < 65_536
  return {
    type: 'hello',
    listenPort: isPort ? (p as number) : undefined,
    maxRequests: Number.isInteger(reqq) ? (reqq as number) : undefined,
    numbers,
    speaksOffers: numbers.rk_offer !== undefined,
    takesAddresses: numbers.ut_pex !== undefined,
    zone: labelOf(content.rk_zone),
    rack: labelOf(content.rk_rack),
  }
}

function decodeExchange(frame: Uint8Array): PeerMessage {
  const content = decodeContent(frame, 'a ut_pex message')
  const addresses = (name: string, family: 4 | 6) => {
    const bytes = content[family === 4 ? name : `${name}6`]
    return bytes instanceof Uint8Array ? decodeCompact(bytes, family).slice(0, maxAddresses) : []
  }
  const both = (name: string) => [...addresses(name, 4), ...addresses(name, 6)]
  return { type: 'exchange', added: both('added'), dropped: both('dropped') }
}

function decodeContent(frame: Uint8Array, what: string): Record<string, unknown> {
  const bytes = frame.slice(6)
  try {
    checkBencode(bytes)
  } catch (error) {
    throw new WireViolation(`sent ${what} that is not bencoded: ${errorMessage(error)}`)
  }
  const content = bencode.decode(bytes)
  return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {}
}

function numberOf(extensions: Record<string, unknown>, name: string): number | undefined {
  const number = extensions[name] as number | undefined
  return number !== undefined && number > 0 && number < 256 ? number : undefined
}

function labelOf(value: unknown): string | undefined {
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length > maxLabelLength) return undefined
  return Buffer.from(value).toString('utf8')
}
