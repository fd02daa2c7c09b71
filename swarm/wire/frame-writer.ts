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

/** The 13 bytes that stand before the block's own `length` bytes. */
export function encodeBlockHeader({ piece, offset, length }: BlockRange): Uint8Array {
  const header = Buffer.allocUnsafe(13)
  header.writeUInt32BE(9 + length, 0)
  header[4] = messageIds.piece
  header.writeUInt32BE(piece, 5)
  header.writeUInt32BE(offset, 9)
  return header
}
