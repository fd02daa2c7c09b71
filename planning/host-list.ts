import { type Static, Type } from 'typebox'
import { HostName, PoolName } from '../proto/http/api.ts'
import type { Issue } from '../runtime/errors.ts'
import { checkYaml, invalidDocument, parseYaml, type YamlDocument } from '../runtime/yaml-document.ts'
import type { FleetHost } from './plan.ts'
import { drainedReason } from './pool-limits.ts'

/** A plan is for people to read; beyond this it is a mistake. */
const mostHosts = 100_000
const mostPools = 64

const ListedHost = Type.Object(
  {
    name: HostName,
    pool: Type.Optional(PoolName),
    pools: Type.Optional(Type.Array(PoolName, { minItems: 1, maxItems: mostPools, uniqueItems: true })),
    zone: Type.Optional(Type.String({ pattern: '^\\P{Cc}{1,100}$' })),
    ready: Type.Boolean({ default: true }),
    live: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    drained: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
)
const HostList = Type.Array(ListedHost, { maxItems: mostHosts })
const HostsByPool = Type.Record(PoolName, Type.Array(HostName, { maxItems: mostHosts }), {
  additionalProperties: false,
})

/**
 * A fleet from YAML or JSON: a list of `{name, pool or pools, zone?, ready?, live?, drained?}`, where `live` is the
 * release that runs there, or a mapping of each pool to the names of its hosts.
 * @throws {RookeryError} CONFIG_INVALID, one issue for each fault, with line and column.
 */
export function parseHostList(text: string, fileName: string): FleetHost[] {
  const document = parseYaml(text, fileName, 'CONFIG_INVALID')
  return Array.isArray(document.value) ? fromList(document) : fromPools(document)
}

function fromList(document: YamlDocument): FleetHost[] {
  const hosts = checkYaml(document, HostList, 'CONFIG_INVALID')
  const names = hosts.map(({ name }) => name)
  const repeated = repeatedNames(names, document, (index) => [index, 'name'])
  const issues = [...doublePools(hosts, document), ...repeated]
  if (issues.length > 0) throw invalidDocument('CONFIG_INVALID', document.fileName, issues)
  return hosts.map((host) => ({
    name: host.name,
    pools: host.pools ?? [host.pool!],
    zone: host.zone ?? null,
    liveReleaseId: host.live ?? null,
    ready: host.ready,
    excluded: host.drained ? drainedReason : null,
  }))
}

function fromPools(document: YamlDocument): FleetHost[] {
  const pools = Object.entries(checkYaml(document, HostsByPool, 'CONFIG_INVALID'))
  const repeated = pools.flatMap(([pool, names]) => {
    return repeatedNames(names, document, (index) => [pool, index])
  })
  if (repeated.length > 0) throw invalidDocument('CONFIG_INVALID', document.fileName, repeated)
  const poolsOf = new Map<string, string[]>()
  for (const [pool, names] of pools) {
    for (const name of names) poolsOf.set(name, [...(poolsOf.get(name) ?? []), pool])
  }
  return [...poolsOf].map(([name, pools]) => {
    return { name, pools, zone: null, liveReleaseId: null, ready: true, excluded: null }
  })
}

function doublePools(hosts: Static<typeof HostList>, document: YamlDocument): Issue[] {
  return hosts.flatMap(({ pool, pools }, index) => {
    if ((pool === undefined) !== (pools === undefined)) return []
    const message = pool === undefined ? 'needs pool or pools' : 'has both pool and pools; give one'
    return [{ field: `${index}`, message, ...document.locate([index], 'value') }]
  })
}

function repeatedNames(
  names: readonly string[],
  document: YamlDocument,
  pathOf: (index: number) => (string | number)[],
): Issue[] {
  const seen = new Set<string>()
  return names.flatMap((name, index) => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const path = pathOf(index)
    return [{ field: path.join('.'), message: `${name} is listed twice`, ...document.locate(path, 'value') }]
  })
}
