import { crc32 } from 'node:zlib'

/**
 * A frame on disk: payload length (uint32), CRC-32 of the payload (uint32), payload; big-endian. The first byte of the
 * payload is its kind. A process killed in the middle of a write leaves a frame that ends early or fails its sum.
 */
export const FrameKind = {
  /** First of every segment: what later frames of earlier segments would have told, as JSON. */
  header: 0,
  /** A spool record, with the mark that became true together with it. */
  record: 1,
  /** A mark alone. */
  mark: 2,
} as const
type FrameKind = (typeof FrameKind)[keyof typeof FrameKind]

/** How far a source was read when its bytes went into the spool: one write makes both true, or neither. */
export interface Mark {
  readonly key: string
  readonly value: number
}

interface DecodedFrame {
  readonly kind: FrameKind
  readonly body: Buffer
  readonly mark: Mark | undefined
  /** Bytes of the whole frame. */
  readonly length: number
}

const prefixBytes = 8
/** No frame of ours comes near: a log chunk has 64 KiB. What claims more is damage. */
const maxPayloadBytes = 4 * 1024 * 1024

export function encodeFrame(kind: FrameKind, body: Uint8Array, mark?: Mark): Buffer {
  const markBytes = mark ? Buffer.from(JSON.stringify(mark)) : Buffer.alloc(0)
  const payloadBytes = 3 + markBytes.length + body.length
  const frame = Buffer.allocUnsafe(prefixBytes + payloadBytes)
  frame.writeUInt8(kind, prefixBytes)
  frame.writeUInt16BE(markBytes.length, prefixBytes + 1)
  markBytes.copy(frame, prefixBytes + 3)
  frame.set(body, prefixBytes + 3 + markBytes.length)
  frame.writeUInt32BE(payloadBytes, 0)
  frame.writeUInt32BE(crc32(frame.subarray(prefixBytes)), 4)
  return frame
}

/** The frame at `offset`; undefined when it is not whole or its sum is wrong. */
export function decodeFrame(bytes: Buffer, offset: number): DecodedFrame | undefined {
  if (bytes.length - offset < prefixBytes + 3) return undefined
  const payloadBytes = bytes.readUInt32BE(offset)
  if (payloadBytes < 3 || payloadBytes > maxPayloadBytes || bytes.length - offset - prefixBytes < payloadBytes)
    return undefined
  const payload = bytes.subarray(offset + prefixBytes, offset + prefixBytes + payloadBytes)
  if (crc32(payload) !== bytes.readUInt32BE(offset + 4)) return undefined
  const markBytes = payload.readUInt16BE(1)
  const mark = markBytes > 0 ? (JSON.parse(payload.toString('utf8', 3, 3 + markBytes)) as Mark) : undefined
  return {
    kind: payload.readUInt8(0) as FrameKind,
    body: payload.subarray(3 + markBytes),
    mark,
    length: prefixBytes + payloadBytes,
  }
}
