import type { RolloutHost } from '../../proto/http/api.ts'
import { formatBytes, formatDuration, plural, shortRevision } from '../terminal/format.ts'
import type { Style } from '../terminal/output.ts'
import type { WatchState } from './state.ts'

/** `web-1 restarting`: what a host does in a batch, in one word, and how it is coloured. */
export function hostWord(host: RolloutHost): { readonly text: string; readonly style: Style } {
  switch (host.state) {
    case 'activating':
      return {
        text: host.phase && host.phase !== 'restart' ? `restarting (${host.phase})` : 'restarting',
        style: 'yellow',
      }
    case 'ready':
      return { text: 'ready ✓', style: 'green' }
    case 'unchanged':
      return { text: 'unchanged ✓', style: 'green' }
    case 'failed':
      return { text: 'failed ✗', style: 'red' }
    case 'skipped':
      return { text: 'skipped', style: 'dim' }
    case 'cancelled':
      return { text: 'cancelled', style: 'dim' }
    case 'left':
      return { text: 'left', style: 'dim' }
    case 'fetching':
      return { text: 'fetching', style: 'cyan' }
    default:
      return { text: 'pending', style: 'dim' }
  }
}

/** `web-2 failed in readiness: HTTP 503 from … (NOT_READY)`. */
export function hostFailure(host: RolloutHost): string {
  if (!host.failure) return `${host.host} failed`
  const place = host.failure.phase ? ` in ${host.failure.phase}` : ''
  return `${host.host} failed${place}: ${host.failure.message} (${host.failure.code})`
}

/** One sentence on what the rollout does now. */
export function phaseSentence(state: WatchState): string {
  const { rollout } = state
  switch (rollout.phase) {
    case 'queued':
      if (state.behind) return `waiting behind rollout ${state.behind}`
      return rollout.waitsFor ? `waiting: ${rollout.waitsFor}` : 'waiting'
    case 'building':
      return `building ${rollout.revision ? `revision ${shortRevision(rollout.revision)}` : 'the current revision'}`
    case 'distributing':
      return `distributing ${rollout.releaseId ?? 'the release'}`
    case 'activating':
      return `activating ${rollout.releaseId ?? 'the release'} in ${plural(rollout.batches.length, 'batch')}${blockage(rollout)}`
    default:
      return rollout.reason ? `${rollout.phase}: ${rollout.reason}` : rollout.phase
  }
}

/** Why no host moves, where that is so. */
function blockage({ waitsFor }: WatchState['rollout']): string {
  return waitsFor ? `; waits: ${waitsFor}` : ''
}

/** `web-1: fetched 1.2 MiB in 0.3 s`; undefined for a change that is not worth a line. */
export function hostChange(host: RolloutHost): string | undefined {
  const name = `${host.host} (${host.pool})`
  switch (host.state) {
    case 'fetching':
    case 'pending':
      return undefined
    case 'fetched':
      if (host.failure) return `${hostFailure(host)}; it is tried again`
      return host.bytesTotal > 0
        ? `${name}: fetched ${formatBytes(host.bytesTotal)}${after(host.fetchMs)}`
        : `${name}: holds the release already`
    case 'ready':
      return `${name}: ready${after(host.activateMs)}`
    case 'failed':
      return hostFailure(host)
    case 'activating':
      return `${name}: restarting`
    case 'left':
      return `${name}: left, ${host.failure?.message ?? 'on purpose'}`
    case 'skipped':
      return host.failure ? `${name}: skipped, it ${host.failure.message}` : `${name}: skipped`
    default:
      return `${name}: ${host.state}`
  }
}

function after(ms: number | null): string {
  return ms === null ? '' : ` in ${formatDuration(ms)}`
}
