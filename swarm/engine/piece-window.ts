/** Measured rates and times are kept for this long; then newer ones count, even if they are worse. */
const memoryMs = 5_000
/** Time a process may be busy with something else before it answers, in ms. */
const attentionMs = 5
/** Weight of the newest piece in the usual time. */
const smoothing = 0.2
/** A piece that takes this many times as long as usual is slow. */
const slowFactor = 3
/** Before any piece has come, one is slow after this long, in ms. */
const firstSlowMs = 500
/** With less than this share of its best rate a link has time for more than slow pieces. */
const fullShare = 0.7

/** A torrent of so many pieces has some to spare. */
const manyPieces = 512

/**
 * Whole pieces under way at once at least: taken by who receives, and offered by who sends, some more, so that whoever has
 * time finds one that has room. More keep the ways out busier, but each makes those behind it wait for its own time, which is a
 * larger share of a fetch of few pieces. In the simulator, 200 hosts and 768 pieces: 3 and 5 end after 1.060 of the bound (half of
 * the hosts) and 1.116 (the last), 5 and 6 after 1.038 and 1.043; with 256 pieces half of them end 2 % later with 5 and 6.
 */
export function piecesUnderWay(pieceCount: number): { readonly taken: number; readonly offered: number } {
  return pieceCount < manyPieces ? { taken: 3, offered: 5 } : { taken: 5, offered: 6 }
}

/** Something whose newest best value counts for a while. */
class Best {
  readonly #isBetter: (a: number, b: number) => boolean
  #value: number | undefined
  #sinceMs = 0

  constructor(isBetter: (a: number, b: number) => boolean) {
    this.#isBetter = isBetter
  }

  get value(): number | undefined {
    return this.#value
  }

  add(value: number, nowMs: number): void {
    if (this.#value !== undefined && !this.#isBetter(value, this.#value) && nowMs - this.#sinceMs < memoryMs) return
    this.#value = value
    this.#sinceMs = nowMs
  }
}

/**
 * How many bytes of whole pieces to keep under way in one direction: what the link carries while an offer is answered
 * (its bandwidth-delay product, measured as BBR does it: best rate times best round trip), and `minPieces` on top.
 * More would only make pieces wait for each other.
 */
export class PieceWindow {
  readonly #pieceLengthBytes: number
  readonly #minPieces: number
  readonly #rate = new Best((a, b) => a > b)
  readonly #roundTrip = new Best((a, b) => a < b)
  #usualMs: number | undefined
  /** Bytes that have come through, ever. */
  deliveredBytes = 0
  /** Bytes a ms, of late: each counts for less as time passes. */
  #recentRate = 0
  #recentAtMs = Number.NEGATIVE_INFINITY
  #firstAtMs = Number.POSITIVE_INFINITY

  constructor(pieceLengthBytes: number, minPieces: number) {
    this.#pieceLengthBytes = pieceLengthBytes
    this.#minPieces = minPieces
  }

  get bytes(): number {
    const bytesPerMs = this.#rate.value ?? 0
    const waitMs = 3 * (this.#roundTrip.value ?? 0) + attentionMs
    return this.#minPieces * this.#pieceLengthBytes + bytesPerMs * waitMs
  }

  /**
   * Whether one more piece may set out while these are under way, of which some set out long ago. Those come from or go
   * to slow hosts and hold no place, unless it is the link itself that is full.
   */
  hasRoom(underWay: { readonly bytes: number; readonly slowBytes: number }, nowMs: number): boolean {
    const { bytes, slowBytes } = underWay
    const mostSlowBytes = this.#minPieces * this.#pieceLengthBytes
    const counted = slowBytes > 0 && this.isLinkFull(nowMs) ? bytes : bytes - Math.min(slowBytes, mostSlowBytes)
    return counted + this.#pieceLengthBytes / 2 < this.bytes
  }

  /** A piece is slow after this long, in ms. */
  get slowAfterMs(): number {
    return this.#usualMs === undefined ? firstSlowMs : slowFactor * this.#usualMs + attentionMs
  }

  /** Whether about as much comes through as ever did; before a mean over some pieces says so, whether anything does. */
  isLinkFull(nowMs: number): boolean {
    const isEarly = nowMs - this.#firstAtMs < 2 * this.#recentMs
    if (this.#rate.value === undefined || isEarly) return nowMs - this.#recentAtMs < firstSlowMs
    return this.#rateAt(nowMs) > fullShare * this.#rate.value
  }

  /** Bytes have come through just now. */
  onBytes(bytes: number, nowMs: number): void {
    this.#recentRate = this.#rateAt(nowMs) + bytes / this.#recentMs
    this.#recentAtMs = nowMs
    this.#firstAtMs = Math.min(this.#firstAtMs, nowMs)
  }

  /** An answer took this long. */
  onAnswer(roundTripMs: number, nowMs: number): void {
    this.#roundTrip.add(roundTripMs, nowMs)
  }

  /** @param deliveredBefore `deliveredBytes` when the piece set out at `sinceMs`. */
  onDelivered(bytes: number, sinceMs: number, deliveredBefore: number, nowMs: number): void {
    this.deliveredBytes += bytes
    const tookMs = Math.max(nowMs - sinceMs, 0.1)
    this.#rate.add((this.deliveredBytes - deliveredBefore) / tookMs, nowMs)
    // One that is slow moves what is usual a little, so that a network that became slow is not slow for ever.
    const counted = this.#usualMs === undefined ? tookMs : Math.min(tookMs, 2 * this.#usualMs)
    this.#usualMs = this.#usualMs === undefined ? counted : this.#usualMs + smoothing * (counted - this.#usualMs)
  }

  /** What is recent: some pieces' time. */
  get #recentMs(): number {
    return Math.max(2 * (this.#usualMs ?? 0), 20)
  }

  #rateAt(nowMs: number): number {
    return this.#recentRate * Math.exp((this.#recentAtMs - nowMs) / this.#recentMs)
  }
}
