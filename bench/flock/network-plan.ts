import type { Scenario } from './options.ts'

/** Every namespace of a run begins so; what else does is a leftover of a run that was killed. */
export const namespacePrefix = 'rkflock-'
/** The namespace that holds the bridges: the switches of the net. */
export const fabric = `${namespacePrefix}fabric`

export interface PlannedHost {
  readonly name: string
  readonly namespace: string
  /** Its interface at the switch; at most 15 characters. */
  readonly port: string
  readonly address: string
  readonly mac: string
  readonly zone: number
  /** Each way, in bits/s; undefined is unlimited. */
  readonly rateBits: number | undefined
  readonly isSlow: boolean
}

export interface NetworkPlan {
  readonly tracker: PlannedHost
  readonly seeder: PlannedHost
  readonly fetchers: readonly PlannedHost[]
  /** Tracker, seeder, fetchers. */
  readonly all: readonly PlannedHost[]
}

/** Tracker and seeder are in zone 0; the fetchers' first half too. Slow hosts are spread evenly. */
export function planNetwork(scenario: Scenario): NetworkPlan {
  const { hosts, zones, slowHosts, slowFactor } = scenario
  const rateBits = scenario.rateMbit * 1e6
  const special = { zone: 0, isSlow: false } as const
  const host = (name: string, index: number) => {
    const last = [Math.floor(index / 250), (index % 250) + 1] as const
    const mac = `02:00:0a:63:${last.map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`
    return { name, namespace: namespacePrefix + name, port: `p-${name}`, address: `10.99.${last.join('.')}`, mac }
  }
  const tracker = { ...host('tracker', 0), ...special, rateBits: undefined }
  const seeder = { ...host('seeder', 1), ...special, rateBits }
  const slowCount = Math.round(slowHosts * hosts)
  const fetchers = Array.from({ length: hosts }, (_, index): PlannedHost => {
    const isSlow = Math.floor(((index + 1) * slowCount) / hosts) > Math.floor((index * slowCount) / hosts)
    return {
      ...host(`h${String(index + 1).padStart(3, '0')}`, index + 2),
      zone: Math.floor((index * zones) / hosts),
      rateBits: isSlow ? rateBits / slowFactor : rateBits,
      isSlow,
    }
  })
  return { tracker, seeder, fetchers, all: [tracker, seeder, ...fetchers] }
}

/** Bytes that pass at once after a pause: small beside a piece, yet enough for a timer that comes some ms late. */
const minBurstBytes = 32 * 1024
const burstMs = 2

/** The token bucket of a switch's interface, as arguments of `tc qdisc`: what does not fit into its queue is dropped. */
export function switchLimit(rateBits: number, { mtu, queueMs }: Scenario): string {
  // A queue of fewer packets than this would drop what a handful of TCP connections send at their very start.
  return bucket(rateBits, mtu, Math.max((rateBits / 8000) * queueMs, 8 * mtu))
}

/** … of a host's own interface. It drops nothing, as no real one does: TCP keeps but a few packets of each connection in it. */
export function hostLimit(rateBits: number, { mtu }: Scenario): string {
  return bucket(rateBits, mtu, Math.max(rateBits / 8, 1000 * mtu))
}

function bucket(rateBits: number, mtu: number, queueBytes: number): string {
  const burst = Math.ceil(Math.max(minBurstBytes, 2 * mtu, (rateBits / 8000) * burstMs))
  return `tbf rate ${Math.round(rateBits)}bit burst ${burst} limit ${Math.ceil(burst + queueBytes)}`
}
