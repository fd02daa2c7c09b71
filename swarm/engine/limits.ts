/** The engine's tunables; each with its unit and why it has this value. */
export interface EngineLimits {
  /** Connections of one torrent. 40 random neighbours keep a fleet of thousands at 1.09 of the bound; more cost memory. */
  readonly maxPeers: number
  /** Dials under way at once: enough to fill up within a second, too few to look like a scan. */
  readonly maxDials: number
  /** Bytes of pieces that are not on the disk yet; when the disk is slow, fetching waits rather than memory growing. */
  readonly maxIncomingBytes: number
  /** Requests in flight to one peer: at least this many, so that a slow start has something to measure. */
  readonly minPipelineDepth: number
  /** … and at most this many when the peer does not say (`reqq`); every client of today queues 250. */
  readonly maxPipelineDepth: number
  /** Time of work kept in flight to a peer, in ms: covers the round trip and a busy event loop of ours. */
  readonly pipelineMs: number
  /** A peer that owes blocks and sends none for this long is snubbed: its blocks are asked of others. */
  readonly snubMs: number
  /** A snubbed peer is let go after this long. */
  readonly silentMs: number
  /** With no block from any peer for this long, the web seed is asked for a piece. */
  readonly stallMs: number
  /** When our zone, or another, has got nothing for this long, pieces cross from zone to zone freely. */
  readonly farPatienceMs: number
  /** Requests for the same block at most, in the endgame. */
  readonly maxDuplicates: number
  /** Peers we serve at once. Few, so that each gets whole pieces soon and can pass them on. */
  readonly uplinkSlots: number
  /** How long a peer keeps its slot while others wait, in ms. */
  readonly slotMs: number
  /** Bytes read for one peer and not yet taken by its socket: bounds memory, and keeps the order ours to choose. */
  readonly maxBytesInFlightPerPeer: number
  /** … and for all peers together. */
  readonly maxBytesInFlight: number
  /** Requests a peer may queue with us; told to it as `reqq`. */
  readonly maxQueuedRequests: number
  /** Longest block we send: old clients ask for 32 KiB and more. */
  readonly maxRequestBytes: number
  /** Addresses remembered: a tracker's handouts must not fill the memory. */
  readonly maxAddresses: number
}

export const defaultLimits: EngineLimits = {
  maxPeers: 50,
  maxDials: 10,
  maxIncomingBytes: 32 * 1024 * 1024,
  minPipelineDepth: 8,
  maxPipelineDepth: 250,
  pipelineMs: 500,
  snubMs: 2_000,
  silentMs: 30_000,
  stallMs: 5_000,
  farPatienceMs: 15_000,
  maxDuplicates: 2,
  uplinkSlots: 4,
  slotMs: 1_000,
  maxBytesInFlightPerPeer: 256 * 1024,
  maxBytesInFlight: 1024 * 1024,
  maxQueuedRequests: 2_000,
  maxRequestBytes: 128 * 1024,
  maxAddresses: 1_000,
}
