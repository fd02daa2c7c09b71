import type { DifferenceKind, FileCheck, FleetDifference } from '../../proto/http/fleet.ts'
import { appDifferences } from './app-differences.ts'
import type { DifferenceRules, Fleet, FleetHost } from './fleet.ts'
import { hostDifferences } from './host-differences.ts'
import { mostCommon } from './versions.ts'

/** What a difference is known by from one look to the next. */
export type DifferenceName = Pick<FleetDifference, 'host' | 'app' | 'kind'>

/** Compares every host with what it should be. Sorted by host; nothing is asked, nothing is changed. */
export function differences(fleet: Fleet, rules: DifferenceRules): FleetDifference[] {
  const connected = fleet.hosts.filter((host) => host.connected)
  const usualVersion = mostCommon(connected.map(({ agentVersion }) => agentVersion))
  const checks = checksByName(fleet)
  const missing = fleet.missing.map((name) => [name, [missingDifference(name)]] as const)
  const known = fleet.hosts.map((host) => {
    const apps = host.connected ? fleet.apps : []
    const ofApps = apps.flatMap((app) => appDifferences(host, app, checks.get(`${host.name}/${app.name}`)))
    return [host.name, [...ofApps, ...hostDifferences(host, { ...fleet, usualVersion }, rules)]] as const
  })
  return [...missing, ...known].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, found]) => found)
}

/**
 * Tells whether the fleet, as it is known, could show a difference if it were there. What nobody can tell now, because the
 * host is away or on its way to another release, is neither there nor gone.
 */
export function judgeOf(fleet: Fleet): (name: DifferenceName) => boolean {
  const hosts = new Map(fleet.hosts.map((host) => [host.name, host]))
  const apps = new Map(fleet.apps.map((app) => [app.name, app]))
  const checks = checksByName(fleet)
  return ({ host: name, app, kind }) => {
    const host = hosts.get(name)
    if (!host || ofAway.has(kind)) return true
    if (!host.connected) return host.hasLeft
    if (app === null) return isToldByHost(host, kind)
    if (apps.get(app)?.moving.has(name)) return false
    // After a restart nobody knows any more what a check found.
    return kind !== 'files' || checks.has(`${name}/${app}`)
  }
}

const ofAway: ReadonlySet<DifferenceKind> = new Set(['away', 'missing', 'drained'])

/** Its first heartbeats tell of clock and disk. */
function isToldByHost(host: FleetHost, kind: DifferenceKind): boolean {
  if (kind === 'clockSkew') return host.clockAheadMs !== 0
  return kind !== 'disk' || host.disk !== null
}

function checksByName({ fileChecks }: Fleet): ReadonlyMap<string, FileCheck> {
  return new Map(fileChecks.map((check) => [`${check.host}/${check.app}`, check]))
}

function missingDifference(host: string): FleetDifference {
  const detail = 'a host source names it, and its agent never came'
  return { host, app: null, kind: 'missing', detail, isRepairable: false, repair: null }
}
