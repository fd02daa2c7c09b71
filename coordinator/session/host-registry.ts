import type { Host } from '../../proto/http/api.ts'
import type { Heartbeat, Hello, ObservedRelease } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Database } from '../store/database.ts'

/** What a host has of an app, as its agent last said. */
export interface Observed {
  readonly app: string
  readonly liveReleaseId: string | null
  readonly ready: boolean
  readonly heldReleaseIds: readonly string[]
}

export interface KnownHost {
  readonly name: string
  readonly pools: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly agentVersion: string
  readonly drained: boolean
  /** It is gone on purpose: its pools do not count on it, and rollouts pass it over, until its agent comes back. */
  readonly hasLeft: boolean
  readonly connected: boolean
  readonly lastSeenMs: number
  readonly observed: readonly Observed[]
}

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

/** Enough for one that met no queue; few, so that a clock that was set right is soon believed. */
const heartbeatsCompared = 8

/** Every host that ever enrolled, with what it observed last. Held in memory, stored so that a restart forgets none. */
export class HostRegistry {
  readonly #database: Database
  readonly #clock: Clock
  readonly #hosts = new Map<string, KnownHost>()
  /** By the last heartbeats of each host, newest last. */
  readonly #clockAheadMs = new Map<string, readonly number[]>()

  constructor(dependencies: Dependencies) {
    this.#database = dependencies.database
    this.#clock = dependencies.clock
  }

  async load(): Promise<void> {
    for (const row of await this.#database.selectFrom('host').selectAll().execute()) {
      this.#hosts.set(row.name, {
        name: row.name,
        pools: JSON.parse(row.pools_json),
        labels: JSON.parse(row.labels_json),
        observed: JSON.parse(row.observed_json),
        agentVersion: row.agent_version,
        drained: row.drained === 1,
        hasLeft: row.has_left === 1,
        connected: false,
        lastSeenMs: row.last_seen_ms,
      })
    }
  }

  all(): KnownHost[] {
    return [...this.#hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** @throws {RookeryError} NOT_FOUND. */
  get(name: string): KnownHost {
    const host = this.#hosts.get(name)
    if (!host) throw new RookeryError('NOT_FOUND', `no host ${name}`)
    return host
  }

  find(name: string): KnownHost | undefined {
    return this.#hosts.get(name)
  }

  /** How far the host's clock is before ours, in ms; 0 while that is not known. */
  clockAheadMs(name: string): number {
    const seen = this.#clockAheadMs.get(name) ?? [0]
    // Every heartbeat is some time under way: the quickest of them tells best.
    return Math.max(...seen)
  }

  async enroll(hello: Hello): Promise<void> {
    await this.#store({
      name: hello.host,
      pools: hello.pools,
      labels: hello.labels,
      agentVersion: hello.agentVersion,
      drained: this.#hosts.get(hello.host)?.drained ?? false,
      hasLeft: false,
      connected: true,
      lastSeenMs: this.#clock.now(),
      observed: hello.observed.map(toObserved),
    })
  }

  /**
   * A sign of life, with what is live there now. Stored only when something changed.
   * @returns whether it did.
   */
  async observe(name: string, { observed, sentAtMs }: Heartbeat): Promise<boolean> {
    const host = this.#hosts.get(name)
    if (!host) return false
    const aheadMs = [...(this.#clockAheadMs.get(name) ?? []), sentAtMs - this.#clock.now()]
    this.#clockAheadMs.set(name, aheadMs.slice(-heartbeatsCompared))
    const next = { ...host, lastSeenMs: this.#clock.now(), observed: observed.map(toObserved) }
    const isSame = JSON.stringify(next.observed) === JSON.stringify(host.observed)
    if (isSame) this.#hosts.set(name, next)
    else await this.#store(next)
    return !isSame
  }

  /** An app stopped or started being ready on what is live there; the next heartbeat stores it. */
  readinessChanged(name: string, app: string, releaseId: string, ready: boolean): void {
    const host = this.#hosts.get(name)
    if (!host) return
    const observed = host.observed.map((one) =>
      one.app === app && one.liveReleaseId === releaseId ? { ...one, ready } : one,
    )
    this.#hosts.set(name, { ...host, observed })
  }

  /** An activation ended well: the release is live and ready, before any heartbeat says so. */
  proved(name: string, app: string, releaseId: string): void {
    const host = this.#hosts.get(name)
    if (!host) return
    const before = host.observed.find((one) => one.app === app)
    const heldReleaseIds = [...new Set([...(before?.heldReleaseIds ?? []), releaseId])]
    const proved = { app, liveReleaseId: releaseId, ready: true, heldReleaseIds }
    this.#hosts.set(name, { ...host, observed: [...host.observed.filter((one) => one.app !== app), proved] })
  }

  seen(name: string): void {
    const host = this.#hosts.get(name)
    if (host) this.#hosts.set(name, { ...host, lastSeenMs: this.#clock.now() })
  }

  async disconnected(name: string): Promise<void> {
    const host = this.#hosts.get(name)
    if (host) await this.#store({ ...host, connected: false })
  }

  /** It is gone on purpose. One that is connected is not: its agent says otherwise. */
  async left(name: string): Promise<void> {
    const host = this.#hosts.get(name)
    if (host && !host.connected && !host.hasLeft) await this.#store({ ...host, hasLeft: true })
  }

  async setDrained(name: string, drained: boolean): Promise<void> {
    await this.#store({ ...this.get(name), drained })
  }

  /** @throws {RookeryError} NOT_FOUND; CONFLICT while its agent is connected. */
  async forget(name: string): Promise<void> {
    if (this.get(name).connected)
      throw new RookeryError('CONFLICT', `${name} is connected; stop its agent before it is forgotten`)
    await this.#database.deleteFrom('host').where('name', '=', name).execute()
    this.#hosts.delete(name)
  }

  async #store(host: KnownHost): Promise<void> {
    this.#hosts.set(host.name, host)
    const columns = {
      pools_json: JSON.stringify(host.pools),
      labels_json: JSON.stringify(host.labels),
      observed_json: JSON.stringify(host.observed),
      agent_version: host.agentVersion,
      drained: host.drained ? 1 : 0,
      has_left: host.hasLeft ? 1 : 0,
      last_seen_ms: host.lastSeenMs,
    }
    await this.#database
      .insertInto('host')
      .values({ name: host.name, ...columns })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
      .execute()
  }
}

/** The host as the API shows it; `desired` tells what each of its apps should run. */
export function hostView(host: KnownHost, desired: (app: string) => string | null): Host {
  return {
    name: host.name,
    pools: [...host.pools],
    labels: { ...host.labels },
    connected: host.connected,
    drained: host.drained,
    hasLeft: host.hasLeft,
    lastSeenMs: host.lastSeenMs,
    agentVersion: host.agentVersion,
    releases: host.observed.map((observed) => ({
      ...observed,
      heldReleaseIds: [...observed.heldReleaseIds],
      desiredReleaseId: desired(observed.app),
    })),
  }
}

function toObserved(release: ObservedRelease): Observed {
  const { app, liveReleaseId, ready, heldReleaseIds } = release
  return { app, liveReleaseId: liveReleaseId === '' ? null : liveReleaseId, ready, heldReleaseIds: [...heldReleaseIds] }
}
