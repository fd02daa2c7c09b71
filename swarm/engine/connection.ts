import { isSeederPeerId, type PeerId, type PieceIndex } from '../identifiers.ts'
import type { BlockRange } from '../wire/messages.ts'
import { Bitfield } from './bitfield.ts'
import type { ConnectionId } from './contract.ts'
import type { EngineLimits } from './limits.ts'
import type { Grant } from './offer-desk.ts'
import type { PieceProgress } from './piece-progress.ts'
import { RequestPipeline } from './request-pipeline.ts'

/** Whether the peer serves us. */
export type Downlink =
  /** It does not, and ignores what we ask. */
  | { readonly state: 'choked' }
  | { readonly state: 'open'; lastBlockMs: number }
  /** It should, but owes blocks and is silent: one request stays as a probe, the others were given to somebody else. */
  | { readonly state: 'snubbed'; readonly sinceMs: number }

/** Whether we serve the peer. */
export type Uplink =
  /** `waitingSinceMs` is set while the peer is interested. */
  | { readonly state: 'choked'; waitingSinceMs: number | undefined }
  | { readonly state: 'open'; readonly sinceMs: number; bytesServed: number }

interface ConnectionOptions {
  readonly id: ConnectionId
  readonly peerId: PeerId
  readonly host: string
  readonly address: string | undefined
  readonly isFast: boolean
  readonly pieceCount: number
}

/** What the engine knows of one connected peer. */
export class Connection {
  readonly id: ConnectionId
  readonly peerId: PeerId
  readonly host: string
  /** The address we dialled it at. */
  readonly address: string | undefined
  /** Where it can be dialled, as far as that is known. */
  listenAddress: string | undefined
  readonly isFast: boolean
  readonly isSeeder: boolean
  readonly connectedMs: number

  /** We dialled it; else it dialled us. */
  readonly wasDialled: boolean

  has: Bitfield
  /** It has said what it holds; a peer that says nothing holds nothing. */
  toldPieces = false
  /** Its pieces count in the availability; those of a peer that came with everything do not. */
  isCounted = false
  /** Pieces it holds and we do not. */
  wantedCount = 0
  amInterested = false
  peerInterested = false
  downlink: Downlink = { state: 'choked' }
  uplink: Uplink = { state: 'choked', waitingSinceMs: undefined }

  /** Our requests in flight: block key → when it was sent; oldest first. Those to a snubbed peer count for nobody. */
  readonly requests = new Map<number, number>()
  readonly pipeline: RequestPipeline
  /** Pieces this connection began. */
  readonly owned = new Set<PieceProgress>()
  /** One of ours: it is offered pieces, and offers them. */
  speaksOffers = false
  /** It takes addresses of other peers. */
  takesAddresses = false
  /** Those it was told. */
  readonly told = new Set<string>()
  exchangedMs = Number.NEGATIVE_INFINITY
  zone: string | undefined
  rack: string | undefined
  /** It says that it is in another zone than we are. */
  isFar = false
  /** The same number for the same peer, whoever looks. */
  readonly seed: number
  /** When it last got a piece, as far as it told. */
  lastPieceMs: number
  /** Pieces that we offered it and that have not arrived there, as far as we know. */
  readonly grants = new Map<PieceIndex, Grant>()
  /** Pieces that we sent it and that it has not yet said it has: they count as if it had. */
  readonly delivered = new Set<PieceIndex>()
  /** Pieces that it was offered, by us or others, and is getting: no use offering them. */
  readonly coming: Bitfield
  /** Pieces that we hold and it neither holds nor gets. */
  lackCount = 0
  /** How much of our news it has heard (`HaveNews`). */
  newsHeard = 0
  /** It had no room for an offer; until then it is not asked again, unless it says `ready`. */
  busyUntilMs = 0

  /** It had room for requests and there was nothing to ask for. */
  isHungry = false
  /** Blocks it may still send unasked: answers that crossed our cancels. */
  unaskedAllowance = 256

  /** Requests of the peer that wait. */
  queue: BlockRange[] = []
  bytesInFlight = 0
  lastReceivedMs: number
  lastSentMs: number
  hasSentBlock = false

  constructor(options: ConnectionOptions, limits: EngineLimits, nowMs: number) {
    this.id = options.id
    this.peerId = options.peerId
    this.host = options.host
    this.address = options.address
    this.listenAddress = options.address
    this.wasDialled = options.address !== undefined
    this.isFast = options.isFast
    this.isSeeder = isSeederPeerId(options.peerId)
    this.has = new Bitfield(options.pieceCount)
    this.coming = new Bitfield(options.pieceCount)
    this.pipeline = new RequestPipeline(limits)
    this.connectedMs = nowMs
    this.lastPieceMs = nowMs
    this.seed = Number.parseInt(options.peerId.slice(-8), 16)
    this.lastReceivedMs = nowMs
    this.lastSentMs = nowMs
  }

  /** How many requests may be in flight to it now. */
  get requestRoom(): number {
    if (this.downlink.state === 'choked' || !this.amInterested) return 0
    const depth = this.downlink.state === 'snubbed' ? 1 : this.pipeline.depth
    return depth - this.requests.size
  }
}
