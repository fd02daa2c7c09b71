import type { DifferenceKind, FleetDifference } from '../../proto/http/fleet.ts'
import type { DifferenceRules, Fleet, FleetHost } from './fleet.ts'
import { compareVersions } from './versions.ts'

interface Surroundings extends Pick<Fleet, 'atMs' | 'version'> {
  /** What most connected agents are; undefined when there is no majority. */
  readonly usualVersion: string | undefined
}

/** A share of a small disk is soon too little for an artifact beside its tree. */
const minDiskFreeBytes = 1024 ** 3

/** How a host itself differs, whatever it runs. Of one that is away, nothing else is known. */
export function hostDifferences(host: FleetHost, fleet: Surroundings, rules: DifferenceRules): FleetDifference[] {
  const found: (readonly [DifferenceKind, string | undefined])[] = host.connected
    ? [
        ['unknownHost', unknownHost(host)],
        ['clockSkew', clockSkew(host, rules)],
        ['agentVersion', agentVersion(host, fleet)],
        ['disk', disk(host, rules)],
      ]
    : [['away', away(host, fleet.atMs, rules)]]
  const drained = host.drained ? 'it is drained: rollouts leave it out' : undefined
  return [...found, ['drained', drained] as const].flatMap(([kind, detail]) =>
    detail === undefined ? [] : { host: host.name, app: null, kind, detail, isRepairable: false, repair: null },
  )
}

/** One that left on purpose is missed by nobody. */
function away(host: FleetHost, nowMs: number, { awayGraceMs }: DifferenceRules): string | undefined {
  if (host.hasLeft || nowMs - host.lastSeenMs < awayGraceMs) return undefined
  const isUnwanted = host.inInventory === false ? '; no host source names it: rookery host forget' : ''
  return `no agent is connected; last seen ${new Date(host.lastSeenMs).toISOString()}${isUnwanted}`
}

function unknownHost({ inInventory }: FleetHost): string | undefined {
  return inInventory === false ? 'its agent is connected, and no host source names it' : undefined
}

function clockSkew({ clockAheadMs }: FleetHost, { maxClockSkewMs }: DifferenceRules): string | undefined {
  const offMs = Math.abs(clockAheadMs)
  if (offMs <= maxClockSkewMs) return undefined
  const side = clockAheadMs > 0 ? 'ahead of' : 'behind'
  return `its clock is ${(offMs / 1_000).toFixed(1)} s ${side} the coordinator’s`
}

function agentVersion({ agentVersion: own }: FleetHost, { version, usualVersion }: Surroundings): string | undefined {
  if (compareVersions(own, version) < 0) return `its agent is ${own}, older than the coordinator’s ${version}`
  if (usualVersion === undefined || usualVersion === own) return undefined
  return `its agent is ${own}, most others are ${usualVersion}`
}

function disk({ disk: space }: FleetHost, { minDiskFreePercent }: DifferenceRules): string | undefined {
  if (space === null || space.totalBytes === 0) return undefined
  const { freeBytes, totalBytes } = space
  const percent = (freeBytes / totalBytes) * 100
  if (percent >= minDiskFreePercent && freeBytes >= minDiskFreeBytes) return undefined
  const gib = (freeBytes / 1024 ** 3).toFixed(1)
  return `${gib} GiB of its disk are free, ${percent.toFixed(0)} %`
}
