import type { FileCheck, FleetDifference } from '../../proto/http/fleet.ts'
import { mayConverge } from '../rollout/convergence.ts'
import type { Observed } from '../session/host-registry.ts'
import type { FleetApp, FleetHost } from './fleet.ts'

type Found = Pick<FleetDifference, 'kind' | 'detail' | 'repair'>

/**
 * How a connected host differs in one app. One that a rollout moves is not judged.
 * @param check what its files turned out as last.
 */
export function appDifferences(host: FleetHost, app: FleetApp, check: FileCheck | undefined): FleetDifference[] {
  if (app.moving.has(host.name)) return []
  const observed = host.observed.find((one) => one.app === app.name)
  const live = observed?.liveReleaseId ?? null
  const isChanged = check?.result === 'changed' && check.releaseId === live
  const found = [
    releaseDifference(host, app, observed),
    live === null ? undefined : revokedDifference(app, live),
    isChanged ? filesDifference(app, check.detail, live!) : undefined,
  ]
  return found
    .filter((one) => one !== undefined)
    .map((one) => ({ host: host.name, app: app.name, ...one, isRepairable: one.repair !== null }))
}

function releaseDifference(host: FleetHost, app: FleetApp, observed: Observed | undefined): Found | undefined {
  const live = observed?.liveReleaseId ?? null
  const desired = app.ofHost(host)
  if (desired === null) return live === null ? undefined : surplus(host, app, live)
  if (live !== desired) return otherRelease(host, app, live, desired)
  if (observed?.ready) return namedByDeploy(host, app, live)
  const detail = `${live} is live and not ready`
  if (host.drained) return { kind: 'notReady', detail: `${detail}; the host is drained`, repair: null }
  return { kind: 'notReady', detail, repair: app.refusal(live) === undefined ? 'reactivate' : null }
}

function otherRelease(host: FleetHost, app: FleetApp, live: string | null, desired: string): Found {
  const detail = `runs ${live ?? 'nothing'} and should run ${desired}`
  if (host.drained) return { kind: 'release', detail: `${detail}; it stays so while it is drained`, repair: null }
  const refusal = app.refusal(desired)
  if (refusal !== undefined) return { kind: 'release', detail: `${detail}; ${refusal}`, repair: null }
  if (mayConverge(app.last, host.name))
    return { kind: 'release', detail: `${detail}; it catches up by itself`, repair: 'converge' }
  return { kind: 'release', detail: `${detail}; ${leftBy(app)}`, repair: null }
}

/** Somebody wanted it, for a while: whoever looks at the fleet is to see that it is still so. */
function namedByDeploy(host: FleetHost, app: FleetApp, live: string): Found | undefined {
  const others = [...new Set(host.pools.map(app.ofPool))].filter((releaseId) => releaseId !== null)
  if (others.length === 0 || others.includes(live)) return undefined
  const detail = `runs ${live} since a deploy named this host, and its pool runs ${others[0]}; deploy that to it to end this`
  return { kind: 'release', detail, repair: null }
}

function surplus(host: FleetHost, app: FleetApp, live: string): Found {
  const pools = `its ${host.pools.length === 1 ? 'pool' : 'pools'} ${host.pools.join(', ')} should run none of ${app.name}`
  const why = app.last?.hosts[host.name] && app.last.phase !== 'done' ? `; ${leftBy(app)}` : ''
  return { kind: 'surplus', detail: `runs ${live}, and ${pools}${why}`, repair: null }
}

function leftBy({ last }: FleetApp): string {
  return `rollout ${last!.id} was ${last!.phase} and left it so: deploy, or roll it back`
}

/** It goes on serving: a host without a release would be worse. */
function revokedDifference(app: FleetApp, live: string): Found | undefined {
  const refusal = app.refusal(live)
  return refusal === undefined
    ? undefined
    : { kind: 'revoked', detail: `still runs it: ${refusal}; deploy a newer release`, repair: null }
}

function filesDifference(app: FleetApp, detail: string, live: string): Found {
  return { kind: 'files', detail, repair: app.refusal(live) === undefined ? 'refetch' : null }
}
