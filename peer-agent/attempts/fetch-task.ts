import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type FetchTotals, Phase } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { syncPath } from '../../runtime/durable-file.ts'
import type { TransferProgress, WebSeeds } from '../../swarm/index.ts'
import type { Counters } from '../counters/counters.ts'
import type { Artifacts } from '../fetch/artifacts.ts'
import { requireRoom } from '../fetch/disk-room.ts'
import type { SystemUser } from '../process/system-user.ts'
import type { StoredRelease } from '../releases/release-store.ts'
import type { TreeEntry } from '../unpack/tree-list.ts'
import { unpack } from '../unpack/unpack.ts'
import { mendRelease } from '../verify/mend.ts'
import type { Attempt } from './attempt.ts'
import { FetchWatch } from './fetch-watch.ts'
import type { FetchOutcome, PhaseReporter } from './phase-reporter.ts'

interface Dependencies {
  readonly artifacts: Artifacts
  readonly counters: Counters
  readonly clock: Clock
  readonly reporter: PhaseReporter
  readonly webSeeds: WebSeeds
  readonly onProgress: (progress: TransferProgress) => void
  /** Refuses to write where the release is to lie, and tells whose `shared/` shall be there. */
  readonly beforeUnpack: () => Promise<SystemUser | undefined>
  /** Told before the tree gets its final name. */
  readonly onUnpacked: (entries: readonly TreeEntry[]) => Promise<void>
  /** The list of what was unpacked of a held release; undefined when none was made. */
  readonly treeList: () => Promise<string | undefined>
  /** The tree has its final name. */
  readonly onHeld: () => Promise<void>
}

const nothing: FetchTotals = {
  bytesFromPeers: 0,
  bytesFromSeeder: 0,
  bytesFromWebSeed: 0,
  bytesReused: 0,
  bytesWasted: 0,
  bytesUploaded: 0,
}

/**
 * "Hold this release": fetches its artifact and unpacks it beside the live one. Done at once when it is held already, unless
 * its tree is to be mended.
 */
export async function fetchRelease(
  attempt: Attempt,
  release: StoredRelease,
  signal: AbortSignal,
  dependencies: Dependencies,
): Promise<void> {
  const { artifacts, counters, reporter, webSeeds } = dependencies
  const { artifact } = release.manifest
  let fetched: FetchOutcome = { fetchTotals: { ...nothing, bytesReused: artifact.bytes }, fetchTiming: null }
  const outcome = () => fetched
  const isHeld = release.heldAtMs !== null
  if (isHeld && !attempt.isRepair) return reporter.run(Phase.PHASE_FETCH, async () => {}, { final: true, outcome })
  const subject = { app: attempt.app, releaseId: attempt.releaseId }
  const watch = new FetchWatch(dependencies.clock)
  const count = progressCounter(counters, subject, dependencies.onProgress)
  const onProgress = (progress: TransferProgress) => {
    watch.saw(progress)
    count(progress)
  }
  const fetch = async () => {
    const progress = await timed(dependencies, 'fetch_ms', subject, () =>
      artifacts.fetch(artifact, release.torrent, { webSeeds, signal, onProgress }),
    )
    fetched = { fetchTotals: totalsOf(progress), fetchTiming: watch.timing(progress) }
  }
  const unpackAndHold = async () => {
    const { onUnpacked, onHeld } = dependencies
    await release.layout.prepare(await dependencies.beforeUnpack())
    const archivePath = artifacts.path(artifact)
    await timed(dependencies, 'unpack_ms', subject, () => unpackRelease(release, archivePath, signal, onUnpacked))
    await onHeld()
  }
  const mend = async () => {
    await dependencies.beforeUnpack()
    await mendRelease(release, artifacts.path(artifact), await dependencies.treeList(), signal)
  }
  await reporter.run(Phase.PHASE_FETCH, fetch, { outcome })
  await reporter.run(Phase.PHASE_UNPACK, isHeld ? mend : unpackAndHold, { final: true, outcome })
}

/** Into a temporary name beside the release's own, which it gets only when all of it is on the disk. */
async function unpackRelease(
  release: StoredRelease,
  archivePath: string,
  signal: AbortSignal,
  onUnpacked: Dependencies['onUnpacked'],
): Promise<void> {
  const { manifest, layout } = release
  const directory = layout.temporaryDirectory(manifest.releaseId)
  await requireRoom(layout.path, manifest.artifact.unpackedBytes, 'the unpacked release')
  const { artifact, createdAtMs: modifiedAtMs } = manifest
  await onUnpacked(await unpack({ archivePath, artifact, directory, modifiedAtMs, signal }))
  const target = layout.releaseDirectory(manifest.releaseId)
  await rename(directory, target)
  await syncPath(dirname(target))
}

function progressCounter(
  counters: Counters,
  subject: { app: string; releaseId: string },
  next: (progress: TransferProgress) => void,
) {
  let [bytes, pieces] = [0, 0]
  return (progress: TransferProgress) => {
    const received = progress.bytesFromPeers + progress.bytesFromSeeder + progress.bytesFromWebSeed
    if (received > bytes) counters.observe('fetch_bytes', received - bytes, subject)
    if (progress.piecesDone > pieces) counters.observe('fetch_pieces', progress.piecesDone - pieces, subject)
    counters.observe('fetch_peers', progress.peers, subject)
    bytes = received
    pieces = progress.piecesDone
    next(progress)
  }
}

async function timed<T>(
  { clock, counters }: Dependencies,
  name: 'fetch_ms' | 'unpack_ms',
  subject: { app: string; releaseId: string },
  task: () => Promise<T>,
): Promise<T> {
  const startedMs = clock.monotonicMs()
  const result = await task()
  counters.observe(name, clock.monotonicMs() - startedMs, subject)
  return result
}

export function totalsOf(progress: TransferProgress): FetchTotals {
  const { bytesFromPeers, bytesFromSeeder, bytesFromWebSeed, bytesReused, bytesWasted, bytesUploaded } = progress
  return { bytesFromPeers, bytesFromSeeder, bytesFromWebSeed, bytesReused, bytesWasted, bytesUploaded }
}
