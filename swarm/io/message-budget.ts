import { messageIds } from '../wire/message-ids.ts'

/**
 * What messages of a peer may cost us, in units of about a microsecond of CPU: at this rate one peer takes some 4 % of a
 * core. A fleet's own peers stay far below: all `have` of a torrent of 100,000 pieces fit into the burst, and a block that is sent pays
 * for the request it answers.
 */
export const messageAllowance = { perSecond: 40_000, burst: 200_000 } as const

/** What waits for a peer to read it, at most: blocks of an uplink (`maxBytesInFlight`), with as much again to spare … */
export const maxUnsentBytes = 2 * 1024 * 1024
/** … and answers, each some 400 bytes of memory: refusals of all that it may ask for (`maxQueuedRequests`), four times over. */
export const maxUnsentReplies = 8_000

/** Of a request, which may have to be refused, and of a cancel, which is looked for among all that waits. */
export const requestCost = 10
/** Our own extensions are a few bytes, others are bencoded. */
const extendedCost = 4
const bencodedCost = 40
const costPerBencodedByte = 1 / 16
/** Each piece is looked at: in the fields of the peer, and in what is known of availability. */
const costPerPiece = 1 / 20

/** Of every message but blocks, which are bounded by what was asked for. */
export function messageCost(id: number, bytes: number, isOffer: boolean, pieceCount: number): number {
  switch (id) {
    case messageIds.extended:
      return isOffer ? extendedCost : bencodedCost + bytes * costPerBencodedByte
    case messageIds.bitfield:
    case messageIds.haveAll:
    case messageIds.haveNone:
      return 1 + pieceCount * costPerPiece
    default:
      return 1
  }
}
