import bencode from 'bencode'
import { errorMessage } from '../../runtime/errors.ts'
import { checkBencode } from '../metainfo/bencode-check.ts'
import { WireViolation } from './frame-reader.ts'
import { messageIds } from './message-ids.ts'
import type { PeerMessage } from './messages.ts'

type OfferMessage = PeerMessage & { type: 'offer' | 'decline' | 'ready' }

/**
 * Our extensions (BEP 10) by the number under which they come to us.
 *
 * `rk_offer` is Rookery's own; its messages, after the extension's number, numbers big-endian:
 * offer `0 piece[4]` · decline `1 piece[4] hasRoom[1] coming[4]…` · ready `2`.
 */
export const extensionNames = { 1: 'rk_offer' } as const
const offerNumber = 1

const kinds = { offer: 0, decline: 1, ready: 2 } as const
const leastLengths = [5, 6, 1]
/** Pieces named as coming, at most: more are never worth it. */
const maxComing = 16
const maxLabelLength = 64

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

/**
 * The message of one of our extensions in a whole `extended` frame; undefined when it is another's.
 * @throws {WireViolation} when it is ours and not as it must be.
 */
export function decodeExtended(frame: Uint8Array): PeerMessage | undefined {
  if (frame[5] !== offerNumber) return undefined
  const kind = frame[6]
  const comingBytes = kind === undefined ? -1 : frame.length - 6 - leastLengths[kind]!
  const isRight = kind === kinds.decline ? comingBytes % 4 === 0 && comingBytes <= 4 * maxComing : comingBytes === 0
  if (!isRight || comingBytes < 0) throw new WireViolation(`sent an rk_offer message of ${frame.length - 6} bytes`)
  if (kind === kinds.ready) return { type: 'ready' }
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
  const piece = bytes.readUInt32BE(7)
  if (kind === kinds.offer) return { type: 'offer', piece }
  const coming = Array.from({ length: comingBytes / 4 }, (_, index) => bytes.readUInt32BE(12 + 4 * index))
  return { type: 'decline', piece, hasRoom: frame[11] === 1, coming }
}

/**
 * The content of an extended handshake; the wire library trusts it, so it is checked first.
 * @throws {WireViolation} when it is not bencoded, or names extensions without a number.
 */
export function decodeHello(frame: Uint8Array): PeerMessage & { type: 'hello' } {
  const bytes = frame.slice(6)
  try {
    checkBencode(bytes)
  } catch (error) {
    throw new WireViolation(`sent an extended handshake that is not bencoded: ${errorMessage(error)}`)
  }
  const content = (bencode.decode(bytes) ?? {}) as Record<string, unknown>
  const { m: extensions = {} } = content as { m?: Record<string, unknown> }
  if (typeof extensions !== 'object' || extensions === null || !Object.values(extensions).every(Number.isInteger))
    throw new WireViolation('sent an extended handshake with extensions that have no number')
  const { p, reqq } = content
  const isPort = Number.isInteger(p) && (p as number) > 0 && (p as number) < 65_536
  return {
    type: 'hello',
    listenPort: isPort ? (p as number) : undefined,
    maxRequests: Number.isInteger(reqq) ? (reqq as number) : undefined,
    offerNumber: numberOf(extensions, 'rk_offer'),
    speaksOffers: numberOf(extensions, 'rk_offer') !== undefined,
    zone: labelOf(content.rk_zone),
    rack: labelOf(content.rk_rack),
  }
}

function numberOf(extensions: Record<string, unknown>, name: string): number | undefined {
  const number = extensions[name] as number | undefined
  return number !== undefined && number > 0 && number < 256 ? number : undefined
}

function labelOf(value: unknown): string | undefined {
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length > maxLabelLength) return undefined
  return Buffer.from(value).toString('utf8')
}
