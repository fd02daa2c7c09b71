import { join } from 'node:path'
import type { JoinTokenRequest } from '../../proto/http/identity.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Identity } from '../../trust/identity.ts'

export interface FlockOptions {
  readonly agents: number
  readonly pools: readonly string[]
  /** Absolute. */
  readonly directory: string
  /** The coordinator's; the others follow it. */
  readonly port: number
}

/** A port that must be free before anything is started. */
export interface PlannedPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly use: string
}

export interface PlannedService {
  /** Unique in the flock: `tracker`, `agent-web-1`. */
  readonly name: string
  /** Subcommand of rookery. */
  readonly command: 'tracker' | 'seeder' | 'coordinator' | 'agent'
  readonly config: object
  readonly configFile: string
  readonly logFile: string
  readonly readyUrl: string
  /** How it gets its certificate; undefined for the coordinator, which gives them. */
  readonly joins?: {
    readonly identity: Identity
    readonly invitation: JoinTokenRequest
    readonly tokenFile: string
    readonly dataDirectory: string
  }
}

export interface PlannedHost {
  readonly name: string
  readonly pool: string
  /** Where the app on this host answers. */
  readonly appUrl: string
}

export interface FlockPlan {
  readonly directory: string
  readonly coordinatorUrl: string
  readonly hosts: readonly PlannedHost[]
  readonly ports: readonly PlannedPort[]
  readonly services: {
    /** In the order they need each other. */
    readonly coordinator: PlannedService
    readonly central: readonly PlannedService[]
    readonly agents: readonly PlannedService[]
  }
}

const host = '127.0.0.1'
/** Where agents and services reach the coordinator. */
const fleetPortOffset = 5
/** The agents' ports start here above the coordinator's, two an agent. */
const agentPortOffset = 10
/** And the app's ports here, or above the agents' when there are more than 45. */
const appPortOffset = 100

/**
 * Where everything of a flock on one machine lies and listens. Pure, so that the same arguments give the same flock.
 * @throws {RookeryError} USAGE when the ports do not fit below 65536 or a pool's name is none.
 */
export function planFlock(options: FlockOptions): FlockPlan {
  const { directory, port } = options
  checkOptions(options)
  const coordinatorUrl = `http://${host}:${port}`
  const hosts = planHosts(options)
  const coordinator = planCoordinator(directory, port)
  const central = [planTracker(directory, port), planSeeder(directory, port)]
  const agents = hosts.map((plannedHost, index) => planAgent(options, plannedHost, index))
  return {
    ...{ directory, coordinatorUrl, hosts, ports: planPorts(options, hosts) },
    services: { coordinator, central, agents },
  }
}

function checkOptions({ agents, pools, port }: FlockOptions): void {
  for (const pool of pools) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(pool)) {
      throw new RookeryError('USAGE', `--pools: "${pool}" is no name of a pool: letters, digits, - and _`)
    }
  }
  if (pools.length === 0 || new Set(pools).size !== pools.length) {
    throw new RookeryError('USAGE', '--pools: give each pool once, separated by commas')
  }
  if (agents < pools.length) {
    throw new RookeryError('USAGE', `--agents ${agents}: ${pools.length} pools need at least ${pools.length} agents`)
  }
  const last = appPort(port, agents, agents - 1)
  if (last > 65_535) {
    throw new RookeryError('USAGE', `--port ${port}: ${agents} agents need the ports up to ${last}, beyond 65535`)
  }
}

function appPort(port: number, agents: number, index: number): number {
  return port + Math.max(appPortOffset, agentPortOffset + 2 * agents) + index
}

/** Agents in turn over the pools, so that their sizes differ by one at most. */
function planHosts({ agents, pools, port }: FlockOptions): PlannedHost[] {
  return Array.from({ length: agents }, (_, index) => {
    const pool = pools[index % pools.length]!
    const name = `${pool}-${Math.floor(index / pools.length) + 1}`
    return { name, pool, appUrl: `http://${host}:${appPort(port, agents, index)}` }
  })
}

function planTracker(directory: string, port: number): PlannedService {
  const identity = { kind: 'service', name: 'tracker' } as const
  const joins = joining(directory, 'tracker', join(directory, 'tracker'), identity, { service: 'tracker' })
  return service(directory, 'tracker', 'tracker', `https://${host}:${port + 1}`, joins, {
    coordinator: { url: fleetUrl(port), joinTokenFile: joins.tokenFile },
    listen: { host, port: port + 1 },
    announce: { host, httpPort: port + 2, udpPort: port + 2 },
    // A deploy on one machine is over in a second or two; the peers should have met by then.
    announceIntervalMs: 1_000,
    dataDirectory: join(directory, 'tracker'),
  })
}

function planSeeder(directory: string, port: number): PlannedService {
  const identity = { kind: 'service', name: 'seeder' } as const
  const joins = joining(directory, 'seeder', join(directory, 'seeder'), identity, { service: 'seeder' })
  return service(directory, 'seeder', 'seeder', `https://${host}:${port + 3}`, joins, {
    coordinator: { url: fleetUrl(port), joinTokenFile: joins.tokenFile },
    listen: { host, port: port + 3 },
    swarm: { host, port: port + 4 },
    dataDirectory: join(directory, 'seeder'),
  })
}

function planCoordinator(directory: string, port: number): PlannedService {
  return service(directory, 'coordinator', 'coordinator', `http://${host}:${port}`, undefined, {
    listen: { host, port },
    fleet: { listen: { host, port: port + fleetPortOffset } },
    dataDirectory: join(directory, 'coordinator'),
    tracker: {
      controlUrl: `https://${host}:${port + 1}`,
      announceUrls: [`https://${host}:${port + 2}/announce`],
    },
    seeder: { controlUrl: `https://${host}:${port + 3}` },
  })
}

function planAgent(options: FlockOptions, planned: PlannedHost, index: number): PlannedService {
  const { directory, port } = options
  const listenPort = port + agentPortOffset + 2 * index
  const name = `agent-${planned.name}`
  const dataDirectory = join(directory, 'hosts', planned.name, 'agent')
  const identity = { kind: 'host', name: planned.name } as const
  const joins = joining(directory, name, dataDirectory, identity, { pools: [planned.pool] })
  return service(directory, name, 'agent', `http://${host}:${listenPort}`, joins, {
    host: planned.name,
    pools: [planned.pool],
    coordinator: { url: fleetUrl(port), joinTokenFile: joins.tokenFile },
    dataDirectory,
    deployRoot: join(directory, 'hosts', planned.name, 'root'),
    environment: { PORT: new URL(planned.appUrl).port },
    listen: { host, port: listenPort },
    swarm: { host, port: listenPort + 1 },
    // One machine's port cannot be that of eight hosts; the apps have their own.
    counters: { statsd: { port: 0 } },
  })
}

function fleetUrl(port: number): string {
  return `https://${host}:${port + fleetPortOffset}`
}

function joining(
  directory: string,
  name: string,
  dataDirectory: string,
  identity: Identity,
  invitation: JoinTokenRequest,
): NonNullable<PlannedService['joins']> {
  return { identity, invitation, dataDirectory, tokenFile: join(directory, 'config', `${name}.join-token`) }
}

function service(
  directory: string,
  name: string,
  command: PlannedService['command'],
  controlUrl: string,
  joins: PlannedService['joins'],
  config: object,
): PlannedService {
  return {
    ...{ name, command, config, joins },
    configFile: join(directory, 'config', `${name}.yml`),
    logFile: join(directory, 'logs', `${name}.log`),
    readyUrl: `${controlUrl}/readyz`,
  }
}

function planPorts({ port }: FlockOptions, hosts: readonly PlannedHost[]): PlannedPort[] {
  const tcp = (number: number, use: string): PlannedPort => ({ port: number, protocol: 'tcp', use })
  return [
    tcp(port, 'the coordinator'),
    tcp(port + 1, "the tracker's control API"),
    tcp(port + 2, "the tracker's announces"),
    tcp(port + 3, "the seeder's control API"),
    tcp(port + 4, "the seeder's swarm"),
    tcp(port + fleetPortOffset, "the coordinator's fleet port"),
    ...hosts.flatMap((planned, index) => [
      tcp(port + agentPortOffset + 2 * index, `the agent of ${planned.name}`),
      tcp(port + agentPortOffset + 2 * index + 1, `the swarm of ${planned.name}`),
      tcp(Number(new URL(planned.appUrl).port), `the app on ${planned.name}`),
    ]),
  ]
}
