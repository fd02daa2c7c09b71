import type { HostState, Rollout, RolloutHost } from '../../proto/http/api.ts'
import { formatBytes, formatDuration, plural, shortRevision } from '../terminal/format.ts'
import { efficiencyLines } from './efficiency.ts'
import { hostFailure } from './wording.ts'

/** A fleet that fails together fails alike: the first of them tell it, the rest are counted. */
const mostFailuresShown = 5

/** How a rollout ended, for people: the result, why, how long it took and where the bytes came from. */
export function summaryLines(rollout: Rollout, program: string): string[] {
  const isDone = rollout.phase === 'done'
  const lines = [isDone ? `✓ ${doneSentence(rollout)}` : `✗ ${failedSentence(rollout)}`]
  if (!isDone) lines.push(...failureLines(rollout, program))
  lines.push(...durationLines(rollout), ...byteLines(rollout), ...efficiencyLines(rollout.efficiency))
  if (isDone && canBeTakenBack(rollout)) lines.push(`  take it back: ${program} rollout rollback ${rollout.id}`)
  return lines
}

/** A rollback is refused for a rollback, and has nothing to do where the same release was live before. */
function canBeTakenBack({ kind, prefetch, releaseId, previousReleaseId }: Rollout): boolean {
  return kind === 'deploy' && !prefetch && previousReleaseId !== null && previousReleaseId !== releaseId
}

function doneSentence(rollout: Rollout): string {
  const ready = rollout.hosts.filter((host) => host.state === 'ready' || host.state === 'unchanged')
  const pools = new Set(ready.map((host) => host.pool))
  const others = [counted(rollout, 'failed'), counted(rollout, 'skipped'), counted(rollout, 'cancelled')].filter(
    Boolean,
  )
  const rest = others.length > 0 ? ` (${others.join(', ')})` : ''
  const where = pools.size === 1 ? `pool ${[...pools][0]}` : plural(pools.size, 'pool')
  return `${what(rollout)} is live on ${plural(ready.length, 'host')} in ${where}${elapsed(rollout)}${rest}`
}

function failedSentence(rollout: Rollout): string {
  const reason = rollout.reason ? `: ${rollout.reason}` : ''
  return `rollout ${rollout.id} of ${what(rollout)} was ${rollout.phase}${elapsed(rollout)}${reason}`
}

function failureLines(rollout: Rollout, program: string): string[] {
  if (rollout.releaseId === null) {
    return [`  see the build: ${program} logs --rollout ${rollout.id} --stream build`]
  }
  const failed = rollout.hosts.filter((host) => host.state === 'failed')
  const lines = failed
    .slice(0, mostFailuresShown)
    .flatMap((host) => [
      `  ${hostFailure(host)}`,
      `    see its log: ${program} logs --rollout ${rollout.id} --host ${host.host}`,
    ])
  if (failed.length > mostFailuresShown) lines.push(`  and ${plural(failed.length - mostFailuresShown, 'more host')}`)
  const ready = rollout.hosts.filter((host) => host.state === 'ready').length
  const moved = `  ${plural(ready, 'host')} already run the new release`
  if (rollout.rollsBack) lines.push(`  it is taken back: ${program} rollout list --app ${rollout.app}`)
  else if (ready > 0 && canBeTakenBack(rollout))
    lines.push(`${moved}; take it back: ${program} rollout rollback ${rollout.id}`)
  else if (ready > 0) lines.push(moved)
  return lines
}

function durationLines(rollout: Rollout): string[] {
  const parts: string[] = []
  if (rollout.startedAtMs !== null && rollout.startedAtMs - rollout.createdAtMs >= 1_000) {
    parts.push(`queued ${formatDuration(rollout.startedAtMs - rollout.createdAtMs)}`)
  }
  const fetches = durationsOf(rollout.hosts, 'fetchMs')
  if (fetches.length > 0) parts.push(`fetching ${spread(fetches)} a host`)
  const activations = durationsOf(rollout.hosts, 'activateMs')
  if (activations.length > 0) parts.push(`restarting ${spread(activations)} a host`)
  return parts.length > 0 ? [`  ${parts.join(' · ')}`] : []
}

function byteLines(rollout: Rollout): string[] {
  const sums = { fromPeers: 0, fromSeeder: 0, fromWebSeed: 0, reused: 0, wasted: 0 }
  for (const { bytes } of rollout.hosts) {
    if (!bytes) continue
    for (const source of Object.keys(sums) as (keyof typeof sums)[]) sums[source] += bytes[source]
  }
  const total = sums.fromPeers + sums.fromSeeder + sums.fromWebSeed + sums.reused
  if (total === 0) return []
  const share = (bytes: number) => `${formatBytes(bytes)} (${Math.round((100 * bytes) / total)} %)`
  const parts = [`${share(sums.fromPeers)} from other hosts`, `${share(sums.fromSeeder)} from the seeder`]
  if (sums.fromWebSeed > 0) parts.push(`${share(sums.fromWebSeed)} from the web seed`)
  if (sums.reused > 0) parts.push(`${share(sums.reused)} found on disk`)
  if (sums.wasted > 0) parts.push(`${formatBytes(sums.wasted)} wasted`)
  return [`  bytes: ${parts.join(' · ')}`]
}

/** `3 hosts skipped`; empty when there are none. */
function counted(rollout: Rollout, state: HostState): string {
  const count = rollout.hosts.filter((host) => host.state === state).length
  return count > 0 ? `${plural(count, 'host')} ${state}` : ''
}

function what(rollout: Rollout): string {
  if (rollout.revision) return `${rollout.app} ${shortRevision(rollout.revision)}`
  return rollout.releaseId ? `${rollout.app} ${rollout.releaseId}` : rollout.app
}

function elapsed(rollout: Rollout): string {
  return rollout.endedAtMs === null
    ? ''
    : ` after ${formatDuration(rollout.endedAtMs - (rollout.startedAtMs ?? rollout.createdAtMs))}`
}

function durationsOf(hosts: readonly RolloutHost[], field: 'fetchMs' | 'activateMs'): number[] {
  return hosts.flatMap((host) => host[field] ?? []).sort((a, b) => a - b)
}

function spread(sorted: readonly number[]): string {
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0]
  return least === most ? formatDuration(least) : `${formatDuration(least)} to ${formatDuration(most)}`
}
