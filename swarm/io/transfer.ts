import type { RookeryError } from '../../runtime/errors.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'

/** How far a transfer is, and where its bytes came from. Byte counts are of this run, but bytesDone and bytesTotal. */
export interface TransferProgress {
  readonly state: 'verifying' | 'fetching' | 'seeding' | 'failed' | 'stopped'
  readonly piecesDone: number
  readonly piecesTotal: number
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Connected peers. */
  readonly peers: number
  readonly bytesFromPeers: number
  readonly bytesFromSeeder: number
  readonly bytesFromWebSeed: number
  /** Found on the disk and verified. */
  readonly bytesReused: number
  /** Received and thrown away: twice, or of a piece that did not verify. */
  readonly bytesWasted: number
  readonly bytesUploaded: number
  /** Most peers that were connected at once. */
  readonly mostPeers: number
  /** Time for which fetching waited for the disk to take what had come, in ms. */
  readonly diskWaitMs: number
  /** Longest time without a byte while some were missing, in ms. */
  readonly longestStallMs: number
}

/** One torrent in a session: fetches what is missing, then seeds until it is stopped. */
export interface Transfer {
  readonly metainfo: Metainfo
  progress(): TransferProgress
  /**
   * All pieces verified, on disk (fsync) and under their final names. Rejects with RookeryError: DISK_FULL (adding it
   * again later resumes), FETCH_FAILED when the disk cannot be used otherwise or the transfer was stopped before.
   */
  readonly completed: Promise<TransferProgress>
  /**
   * It is over and may be added again: with the reason when it failed, also long after it was complete (its files were
   * changed by others, the disk broke); with undefined when it was stopped.
   */
  readonly ended: Promise<RookeryError | undefined>
  /** Peers that were learned of otherwise than from a tracker; each `host:port`. */
  addPeers(addresses: readonly string[]): void
  /** Leaves the swarm; keeps files and resume state. Idempotent. */
  stop(): Promise<void>
  /** Leaves the swarm and deletes the files. */
  remove(): Promise<void>
}
