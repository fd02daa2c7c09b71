import type { Host } from '../../proto/http/api.ts'

/** A host as a source names it. */
export interface InventoryHost {
  readonly name: string
  readonly pools: readonly string[]
  readonly zone: string | null
  readonly labels: Readonly<Record<string, string>>
}

/** The same host, named more than once: in all pools, and with all labels; what was said first holds. */
export function mergedHosts(hosts: Iterable<InventoryHost>): InventoryHost[] {
  const merged = new Map<string, InventoryHost>()
  for (const host of hosts) {
    const { name, pools, zone, labels } = merged.get(host.name) ?? host
    merged.set(name, {
      name,
      pools: [...new Set([...pools, ...host.pools])],
      zone: zone ?? host.zone,
      labels: { ...host.labels, ...labels },
    })
  }
  return [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A host whose agent never came, as the API shows it. */
export function missingHostView({ name, pools, zone, labels }: InventoryHost): Host {
  return {
    ...{ name, pools: [...pools], labels: { ...labels, ...(zone === null ? {} : { zone }) } },
    ...{ connected: false, drained: false, lastSeenMs: 0, agentVersion: '', missing: true, inInventory: true },
    releases: [],
  }
}
