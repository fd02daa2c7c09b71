import type { FleetDifference } from '../../proto/http/fleet.ts'
import { mayConverge } from '../rollout/convergence.ts'
import type { Observed } from '../session/host-registry.ts'
import type { Fleet, FleetApp, FleetHost } from './fleet.ts'

type Found = Pick<FleetDifference, 'kind' | 'detail' | 'repair'>

/** How a connected host differs in one app. One that a rollout moves is not judged. */
export function appDifferences(host: FleetHost, app: FleetApp, { fileChecks }: Fleet): FleetDifference[] {
  if (app.moving.has(host.name)) return []
  const observed = host.observed.find((one) => one.app === app.name)
  const live = observed?.liveReleaseId ?? null
  const changed = fileChecks.find((check) => {
    return check.host === host.name && check.app === app.name && check.releaseId === live && check.result === 'changed'
  })
  const found = [releaseDifference(host, app, observed), changed && filesDifference(changed.detail)]
  return found
    .filter((one) => one !== undefined)
    .map((one) => ({ host: host.name, app: app.name, ...one, isRepairable: one.repair !== null }))
}

function releaseDifference(host: FleetHost, app: FleetApp, observed: Observed | undefined): Found | undefined {
  const live = observed?.liveReleaseId ?? null
  // As in convergence: of several pools with different answers, the first counts.
  const desired = host.pools.map(app.desiredOf).find((releaseId) => releaseId !== null) ?? null
  if (desired === null) return live === null ? undefined : surplus(host, app, live)
  if (live !== desired) return otherRelease(host, app, live, desired)
  if (observed?.ready) return undefined
  const detail = `${live} is live and not ready`
  if (host.drained) return { kind: 'notReady', detail: `${detail}; the host is drained`, repair: null }
  return { kind: 'notReady', detail, repair: 'reactivate' }
}

function otherRelease(host: FleetHost, app: FleetApp, live: string | null, desired: string): Found {
  const detail = `runs ${live ?? 'nothing'} and should run ${desired}`
  if (host.drained) return { kind: 'release', detail: `${detail}; it stays so while it is drained`, repair: null }
  if (mayConverge(app.last, host.name))
    return { kind: 'release', detail: `${detail}; it catches up by itself`, repair: 'converge' }
  return { kind: 'release', detail: `${detail}; ${leftBy(app)}`, repair: null }
}

function surplus(host: FleetHost, app: FleetApp, live: string): Found {
  const pools = `its ${host.pools.length === 1 ? 'pool' : 'pools'} ${host.pools.join(', ')} should run none of ${app.name}`
  const why = app.last?.hosts[host.name] && app.last.phase !== 'done' ? `; ${leftBy(app)}` : ''
  return { kind: 'surplus', detail: `runs ${live}, and ${pools}${why}`, repair: null }
}

function leftBy({ last }: FleetApp): string {
  return `rollout ${last!.id} was ${last!.phase} and left it so: deploy, or roll it back`
}

function filesDifference(detail: string): Found {
  return { kind: 'files', detail, repair: 'refetch' }
}
