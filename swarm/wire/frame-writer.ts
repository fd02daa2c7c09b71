import { messageIds } from './message-ids.ts'
import type { BlockRange } from './messages.ts'

/** The frame of a request or cancel: 17 bytes (BEP 3). */
export function encodeRange(type: 'request' | 'cancel', { piece, offset, length }: BlockRange): Uint8Array {
  const frame = Buffer.allocUnsafe(17)
  frame.writeUInt32BE(13, 0)
  frame[4] = messageIds[type]
  frame.writeUInt32BE(piece, 5)
  frame.writeUInt32BE(offset, 9)
  frame.writeUInt32BE(length, 13)
  return frame
}

/** Frames of several `have`, one after the other. */
export function encodeHaves(pieces: readonly number[]): Uint8Array {
  const frames = Buffer.allocUnsafe(9 * pieces.length)
  for (const [index, piece] of pieces.entries()) {
    frames.writeUInt32BE(5, 9 * index)
    frames[9 * index + 4] = messageIds.have
    frames.writeUInt32BE(piece, 9 * index + 5)
  }
  return frames
}

/** The 13 bytes that stand before the block's own `length` bytes. */
export function encodeBlockHeader({ piece, offset, length }: BlockRange): Uint8Array {
  const header = Buffer.allocUnsafe(13)
  header.writeUInt32BE(9 + length, 0)
  header[4] = messageIds.piece
  header.writeUInt32BE(piece, 5)
  header.writeUInt32BE(offset, 9)
  return header
}
