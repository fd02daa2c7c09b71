import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Host, Rollout, RolloutRequest } from '../../proto/http/api.ts'
import type { JoinTokenRequest } from '../../proto/http/identity.ts'
import type { LogEntry } from '../../proto/http/logs.ts'
import { eventually } from './eventually.ts'
import { freePorts } from './free-ports.ts'
import { RookeryProcess } from './process.ts'

export type ServiceName = 'tracker' | 'seeder' | 'coordinator' | `agent-${string}`

interface FlockOptions {
  /** Host names by pool. */
  readonly pools: Readonly<Record<string, readonly string[]>>
  /** More settings for every agent, by dotted path. */
  readonly agent?: Readonly<Record<string, unknown>>
  /** More settings for single agents, by host. */
  readonly agents?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly coordinator?: Readonly<Record<string, unknown>>
  /** Hosts whose agents are not started with the others. */
  readonly late?: readonly string[]
  /** With certificates and API tokens, as a fleet has them. */
  readonly enforced?: boolean
}

interface AgentPorts {
  readonly listen: number
  readonly swarm: number
  readonly app: number
}

/** A whole flock of real processes on loopback, in a temporary directory: the fixture of end-to-end and chaos tests. */
export class Flock {
  readonly directory = mkdtempSync(join(tmpdir(), 'rookery-flock-'))
  readonly #options: FlockOptions
  readonly #processes = new Map<ServiceName, RookeryProcess>()
  readonly #agents = new Map<string, AgentPorts>()
  #ports: number[] = []
  #adminToken: string | undefined

  constructor(options: FlockOptions) {
    this.#options = options
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports[0]}`
  }

  get hosts(): string[] {
    return Object.values(this.#options.pools).flat()
  }

  async start(): Promise<void> {
    const { hosts } = this
    const ports = await freePorts(6 + hosts.length * 3)
    this.#ports = ports
    hosts.forEach((host, index) => {
      const [listen, swarm, app] = ports.slice(6 + index * 3, 9 + index * 3)
      this.#agents.set(host, { listen: listen!, swarm: swarm!, app: app! })
    })
    this.#writeConfigs()
    await this.startService('coordinator')
    if (this.#options.enforced) {
      this.#adminToken = readFileSync(join(this.directory, 'coordinator/admin-token'), 'utf8').trim()
      await this.invite('tracker', { service: 'tracker' })
      await this.invite('seeder', { service: 'seeder' })
      for (const [pool, members] of Object.entries(this.#options.pools))
        for (const host of members) await this.invite(`agent-${host}`, { pools: [pool] })
    }
    for (const name of ['tracker', 'seeder'] as const) await this.startService(name)
    const { late = [] } = this.#options
    const early = hosts.filter((host) => !late.includes(host))
    await Promise.all(early.map((host) => this.startService(`agent-${host}`)))
    await eventually('all agents connected', async () => {
      const known = await this.api<Host[]>('GET', '/hosts')
      return known.filter((host) => host.connected).length === early.length
    })
  }

  /** Ends everything, the apps the agents left running too, and removes the directory. */
  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.kill('SIGTERM')))
    for (const { pid } of this.appProcesses()) killGroup(pid)
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async startService(name: ServiceName): Promise<void> {
    const [service] = name.split('-') as [string]
    const process = new RookeryProcess([service, '--config', this.configPath(name)])
    this.#processes.set(name, process)
    await eventually(`${name} ready`, async () => {
      if (!process.running)
        throw new Error(`${name} ended with ${process.child.exitCode}: ${process.stderr}${process.stdout.slice(-2000)}`)
      return isReady(this.#controlPort(name), this.#options.enforced === true && /^(tracker|seeder)$/.test(name))
    })
  }

  /** Lays a join token where the service looks for one. */
  async invite(name: ServiceName, request: JoinTokenRequest): Promise<string> {
    const { token } = await this.api<{ token: string }>('POST', '/join-tokens', request)
    writeFileSync(this.joinTokenPath(name), token, { mode: 0o600 })
    return token
  }

  joinTokenPath(name: ServiceName): string {
    return join(this.directory, 'config', `${name}.join-token`)
  }

  /** The port of hosts and services. */
  get fleetUrl(): string {
    return `https://127.0.0.1:${this.#ports[5]}`
  }

  get adminToken(): string {
    return this.#adminToken!
  }

  process(name: ServiceName): RookeryProcess {
    return this.#processes.get(name)!
  }

  configPath(name: ServiceName): string {
    return join(this.directory, 'config', `${name}.yml`)
  }

  /** Where the host's file system begins: its deploy paths are below. */
  hostRoot(host: string): string {
    return join(this.directory, 'hosts', host, 'root')
  }

  hostData(host: string): string {
    return join(this.directory, 'hosts', host, 'data')
  }

  appUrl(host: string, path: string): string {
    return `http://127.0.0.1:${this.#agents.get(host)!.app}${path}`
  }

  /** The apps that agents supervise now, by the records they keep. */
  appProcesses(): { host: string; pid: number }[] {
    return this.hosts.flatMap((host) =>
      globSync('apps/*/process.json', { cwd: this.hostData(host) }).flatMap((path) => {
        const record = JSON.parse(readFileSync(join(this.hostData(host), path), 'utf8')) as {
          process?: { pid: number }
        }
        const pid = record.process?.pid
        return pid !== undefined && existsSync(`/proc/${pid}`) ? [{ host, pid }] : []
      }),
    )
  }

  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.#adminToken === undefined ? {} : { authorization: `Bearer ${this.#adminToken}` }),
    }
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  async deploy(request: RolloutRequest): Promise<string> {
    return (await this.api<Rollout>('POST', '/rollouts', request)).id
  }

  rollout(id: string): Promise<Rollout> {
    return this.api<Rollout>('GET', `/rollouts/${id}`)
  }

  /** The rollout once it has ended, however it ended. */
  async ended(id: string, deadlineMs = 60_000): Promise<Rollout> {
    return eventually(
      `rollout ${id} ended`,
      async () => {
        const rollout = await this.rollout(id)
        return ['done', 'halted', 'aborted'].includes(rollout.phase) && rollout
      },
      deadlineMs,
    )
  }

  async log(query: Record<string, string>): Promise<LogEntry[]> {
    const parameters = new URLSearchParams({ limit: '10000', ...query })
    return (await this.api<{ entries: LogEntry[] }>('GET', `/logs?${parameters}`)).entries
  }

  #controlPort(name: ServiceName): number {
    const fixed = { coordinator: this.#ports[0], tracker: this.#ports[1], seeder: this.#ports[3] } as Record<
      string,
      number | undefined
    >
    return fixed[name] ?? this.#agents.get(name.slice('agent-'.length))!.listen
  }

  #writeConfigs(): void {
    const [coordinator, trackerControl, announce, seederControl, seederSwarm, fleet] = this.#ports
    const { enforced = false } = this.#options
    const scheme = enforced ? 'https' : 'http'
    const link = (name: ServiceName) =>
      enforced ? { coordinator: { url: this.fleetUrl, joinTokenFile: this.joinTokenPath(name) } } : {}
    const local = (port: number | undefined) => ({ host: '127.0.0.1', port })
    const data = (name: string) => join(this.directory, name)
    mkdirSync(join(this.directory, 'config'))
    this.#writeConfig('tracker', {
      ...link('tracker'),
      listen: local(trackerControl),
      announce: { host: '127.0.0.1', httpPort: announce, udpPort: announce },
      announceIntervalMs: 1_000,
      dataDirectory: data('tracker'),
    })
    this.#writeConfig('seeder', {
      ...link('seeder'),
      listen: local(seederControl),
      swarm: local(seederSwarm),
      dataDirectory: data('seeder'),
    })
    const coordinatorConfig = {
      access: enforced ? 'enforced' : 'open',
      ...(enforced ? { fleet: { listen: local(fleet) } } : {}),
      listen: local(coordinator),
      dataDirectory: data('coordinator'),
      tracker: {
        controlUrl: `${scheme}://127.0.0.1:${trackerControl}`,
        announceUrls: [`${scheme}://127.0.0.1:${announce}/announce`],
      },
      seeder: { controlUrl: `${scheme}://127.0.0.1:${seederControl}` },
      agents: { heartbeatMs: 500, graceMs: 20_000 },
      reconcileMs: 1_000,
    }
    this.#writeConfig('coordinator', withSettings(coordinatorConfig, this.#options.coordinator))
    for (const [pool, hosts] of Object.entries(this.#options.pools))
      for (const host of hosts) this.#writeAgentConfig(host, pool)
  }

  #writeAgentConfig(host: string, pool: string): void {
    const ports = this.#agents.get(host)!
    const config = {
      host,
      pools: [pool],
      ...(this.#options.enforced
        ? { coordinator: { url: this.fleetUrl, joinTokenFile: this.joinTokenPath(`agent-${host}`) } }
        : {
            coordinator: { url: this.url },
            trustedKeysFile: join(this.directory, 'coordinator/signing-key.pub.pem'),
          }),
      dataDirectory: this.hostData(host),
      deployRoot: this.hostRoot(host),
      environment: { PORT: String(ports.app), PATH: process.env.PATH ?? '' },
      listen: { host: '127.0.0.1', port: ports.listen },
      swarm: { host: '127.0.0.1', port: ports.swarm },
    }
    const settings = { ...this.#options.agent, ...this.#options.agents?.[host] }
    this.#writeConfig(`agent-${host}`, withSettings(config, settings))
  }

  #writeConfig(name: ServiceName, config: object): void {
    writeFileSync(this.configPath(name), stringify(config))
  }
}

/** Whose certificate answers does not matter here. */
function isReady(port: number, isTls: boolean): Promise<boolean> {
  const get = isTls ? httpsGet : httpGet
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/readyz', agent: false, rejectUnauthorized: false }
    get(options, (response) => resolve(response.resume().statusCode === 200)).on('error', reject)
  })
}

/** A git repository with one commit a tree: returns the commit ids in order. */
export function makeRepository(directory: string, trees: readonly Readonly<Record<string, string>>[]): string[] {
  mkdirSync(directory, { recursive: true })
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
      encoding: 'utf8',
    }).trim()
  git('init', '-q', '-b', 'main')
  return trees.map((tree, index) => {
    for (const [path, content] of Object.entries(tree)) {
      mkdirSync(join(directory, path, '..'), { recursive: true })
      writeFileSync(join(directory, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
    }
    git('add', '-A')
    git('commit', '-qm', `revision ${index + 1}`)
    return git('rev-parse', 'HEAD')
  })
}

function withSettings(config: object, settings: Readonly<Record<string, unknown>> = {}): object {
  const copy = structuredClone(config) as Record<string, unknown>
  for (const [path, value] of Object.entries(settings)) {
    const keys = path.split('.')
    let target = copy
    for (const key of keys.slice(0, -1)) {
      target[key] ??= {}
      target = target[key] as Record<string, unknown>
    }
    target[keys.at(-1)!] = value
  }
  return copy
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
