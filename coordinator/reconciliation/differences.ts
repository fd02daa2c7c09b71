import type { DifferenceKind, FleetDifference } from '../../proto/http/fleet.ts'
import { appDifferences } from './app-differences.ts'
import type { DifferenceRules, Fleet, FleetHost } from './fleet.ts'
import { hostDifferences } from './host-differences.ts'

/** What a difference is known by from one look to the next. */
export type DifferenceName = Pick<FleetDifference, 'host' | 'app' | 'kind'>

/** Compares every host with what it should be. Sorted by host; nothing is asked, nothing is changed. */
export function differences(fleet: Fleet, rules: DifferenceRules): FleetDifference[] {
  const missing = fleet.missing.map((name) => [name, [missingDifference(name)]] as const)
  const known = fleet.hosts.map((host) => {
    const ofApps = host.connected ? fleet.apps.flatMap((app) => appDifferences(host, app, fleet)) : []
    return [host.name, [...ofApps, ...hostDifferences(host, fleet, rules)]] as const
  })
  return [...missing, ...known].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, found]) => found)
}

/**
 * Whether the fleet, as it is known, could show the difference if it were there. What nobody can tell now, because the
 * host is away or on its way to another release, is neither there nor gone.
 */
export function isJudged({ host: name, app, kind }: DifferenceName, fleet: Fleet): boolean {
  const host = fleet.hosts.find((known) => known.name === name)
  if (!host || ofAway.has(kind)) return true
  if (!host.connected) return host.hasLeft
  if (kind === 'clockSkew' || kind === 'disk')
    return kind === 'clockSkew' ? host.clockAheadMs !== 0 : host.disk !== null
  if (kind === 'files') return isFilesJudged(host, app, fleet)
  return !fleet.apps.some((each) => each.name === app && each.moving.has(name))
}

const ofAway: ReadonlySet<DifferenceKind> = new Set(['away', 'missing', 'drained'])

/** After a restart nobody knows any more what a check found, as long as the same release is live. */
function isFilesJudged(host: FleetHost, app: string | null, { fileChecks, apps }: Fleet): boolean {
  if (apps.some((each) => each.name === app && each.moving.has(host.name))) return false
  return fileChecks.some((check) => check.host === host.name && check.app === app && check.result !== 'away')
}

function missingDifference(host: string): FleetDifference {
  const detail = 'a host source names it, and its agent never came'
  return { host, app: null, kind: 'missing', detail, isRepairable: false, repair: null }
}
