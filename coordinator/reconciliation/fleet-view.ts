import type { FileCheck } from '../../proto/http/fleet.ts'
import type { Clock } from '../../runtime/clock.ts'
import { rookeryVersion } from '../../runtime/version.ts'
import type { AppStore } from '../apps/app-store.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { DesiredReleases } from '../rollout/desired-releases.ts'
import type { Runners } from '../rollout/rollouts.ts'
import type { RolloutState } from '../rollout/state.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import type { DiskNotes } from './disk-notes.ts'
import type { Fleet, FleetApp } from './fleet.ts'

export interface FleetSources {
  readonly apps: AppStore
  readonly hosts: HostRegistry
  readonly inventory: Inventory
  readonly desired: DesiredReleases
  readonly runners: Runners
  readonly revocations: Revocations
  readonly lastOf: (app: string) => RolloutState | undefined
  readonly disks: DiskNotes
  readonly fileChecks: () => readonly FileCheck[]
  readonly clock: Clock
}

/** Gathers what is desired and what was observed. */
export async function viewFleet(sources: FleetSources): Promise<Fleet> {
  const { apps, hosts, inventory, disks } = sources
  const names = (await apps.list()).map(({ name }) => name)
  const all = hosts.all().map((host) => ({
    ...host,
    clockAheadMs: hosts.clockAheadMs(host.name),
    disk: disks.of(host.name),
    inInventory: inventory.has(host.name),
  }))
  return {
    atMs: sources.clock.now(),
    version: rookeryVersion,
    hosts: all,
    missing: inventory.hosts().flatMap(({ name }) => (hosts.find(name) === undefined ? name : [])),
    apps: names.map((name) => fleetApp(name, sources)),
    fileChecks: sources.fileChecks(),
  }
}

function fleetApp(name: string, { desired, runners, revocations, lastOf }: FleetSources): FleetApp {
  const states = [...runners.values()].map(({ state }) => state)
  const underWay = states.filter(({ app, phase }) => app === name && phase !== 'queued')
  return {
    name,
    ofHost: (host) => desired.ofHost(name, host),
    ofPool: (pool) => desired.ofPool(name, pool),
    refusal: (releaseId) => revocations.refusal(releaseId),
    last: lastOf(name),
    // Until it is planned, only what was asked for tells.
    moving: new Set(underWay.flatMap(({ hosts, hostNames }) => [...hostNames, ...Object.keys(hosts)])),
  }
}
