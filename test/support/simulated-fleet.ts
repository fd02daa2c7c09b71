import {
  CommandKind,
  type CoordinatorDraft,
  type Heartbeat,
  type Hello,
  type PhaseReport,
} from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import { ListedCounters } from './listed-counters.ts'
import { type HostHabits, reliable, SimulatedHost } from './simulated-host.ts'

/** What the coordinator does with what agents say; of one agent one after the other. */
export interface CoordinatorSide {
  hello(hello: Hello): Promise<void>
  heartbeat(host: string, heartbeat: Heartbeat): Promise<void>
  report(host: string, report: PhaseReport): Promise<void>
  closed(host: string, saidGoodbye: boolean): Promise<void>
}

export interface HostPlace {
  readonly name: string
  readonly pools: readonly string[]
  readonly zone: string | null
}

/** A command to activate, and who was out of service when it was sent. */
export interface SentActivation {
  readonly atMs: number
  readonly rolloutId: string
  readonly host: string
  readonly attemptId: string
  /** It served its app until now. */
  readonly served: boolean
  /** Of each of its pools, the other hosts that were out of service and could be known to be. */
  readonly outOfService: Readonly<Record<string, readonly string[]>>
}

interface Session {
  readonly host: SimulatedHost
  /** What was sent earlier arrives earlier. */
  lastToAgentMs: number
  lastToCoordinatorMs: number
  work: Promise<void>
  isOpen: boolean
}

const heartbeatMs = 5_000
const longestWayMs = 40
/** A connection without goodbye is taken for dead after this time. */
const silenceMs = 2_500
/** What goes wrong on a host is known to the coordinator after this time. */
const knownAfterMs = silenceMs + 2 * longestWayMs + 100

/** Agents and the ways between them and a coordinator, which may be away. */
export class SimulatedFleet {
  readonly hosts = new Map<string, SimulatedHost>()
  /** What its agents counted. */
  readonly counters = new ListedCounters()
  readonly activations: SentActivation[] = []
  /** Attempts that the coordinator takes for being under way, by its own events: rollout and host. */
  readonly moving = new Set<string>()
  /** Hosts that went for good, and by their owner's will. */
  readonly left = new Set<string>()
  readonly #clock: Clock
  readonly #random: Random
  readonly #sessions = new Map<string, Session>()
  #coordinator: CoordinatorSide | undefined
  /** What happened after this time, the coordinator that grants what is sent now may not have known. */
  #lastSeenMs = Number.POSITIVE_INFINITY
  #resumedMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
    clock.every(heartbeatMs, () => {
      for (const host of this.hosts.values()) this.#heartbeat(host)
    })
  }

  /** Its app `app` is live and ready there, if a release is given. */
  add(place: HostPlace, live: Readonly<Record<string, string>> = {}, habits: HostHabits = reliable): SimulatedHost {
    const host: SimulatedHost = new SimulatedHost(place, habits, {
      ...{ clock: this.#clock, random: this.#random },
      report: (report) => this.#toCoordinator(host, (coordinator) => coordinator.report(host.name, report)),
      observed: () => this.#heartbeat(host),
      died: () => this.#close(host, false, silenceMs),
    })
    for (const [app, releaseId] of Object.entries(live))
      host.apps.set(app, { live: releaseId, ready: true, hasServed: true, out: null })
    this.hosts.set(place.name, host)
    if (this.#coordinator) this.connect(host)
    return host
  }

  /** A coordinator listens; every agent comes when it has noticed. */
  coordinatorCame(coordinator: CoordinatorSide): void {
    this.#coordinator = coordinator
    this.#resumedMs = this.#clock.now()
    for (const host of this.hosts.values()) this.connect(host)
  }

  /** It was killed: what is under way to it or from it is lost. */
  coordinatorWent(): void {
    this.#coordinator = undefined
    this.#lastSeenMs = this.#clock.now()
    for (const session of this.#sessions.values()) session.isOpen = false
    this.#sessions.clear()
  }

  connect(host: SimulatedHost): void {
    const coordinator = this.#coordinator
    const delayMs = this.#random.below(400)
    this.#clock.after(delayMs, () => {
      if (!host.isUp || coordinator !== this.#coordinator || this.#sessions.has(host.name)) return
      const ways = { lastToAgentMs: 0, lastToCoordinatorMs: 0, work: Promise.resolve() }
      this.#sessions.set(host.name, { host, ...ways, isOpen: true })
      this.#toCoordinator(host, (side) => side.hello(host.hello))
    })
  }

  /** The connection breaks, the machine stays. */
  disconnect(host: SimulatedHost): void {
    this.#close(host, false, 0)
  }

  /** The agent says goodbye, and the machine goes for good. */
  leave(host: SimulatedHost): void {
    this.left.add(host.name)
    this.#close(host, true, 0)
    host.goDown()
  }

  comeBack(host: SimulatedHost): void {
    host.comeUp()
    if (this.#coordinator) this.connect(host)
  }

  /** The coordinator's way to an agent. @returns false when the agent is away. */
  send(name: string, draft: CoordinatorDraft): boolean {
    const session = this.#sessions.get(name)
    const { command } = draft
    if (!session) return false
    if (command?.kind === CommandKind.COMMAND_KIND_ACTIVATE)
      this.#note(session.host, command.rolloutId!, command.attemptId!, command.app!)
    session.lastToAgentMs = this.#arrivalMs(session.lastToAgentMs)
    this.#clock.after(session.lastToAgentMs - this.#clock.now(), () => {
      if (session.isOpen) session.host.receive(draft)
    })
    return true
  }

  /**
   * Hosts of the pool that are out of service of the app, by our doing or for so long that it could be known. One that has
   * never served, since it came during the rollout, is missed by nobody.
   */
  outOfService(pool: string, app: string, sinceMs = this.#knownMs()): string[] {
    const isOut = (host: SimulatedHost) => {
      const { out, live } = host.app(app)
      if (out === null || live === null) return false
      return out.cause === 'ours' || out.sinceMs <= sinceMs
    }
    const moving = new Set([...this.moving].map((key) => key.split(' ')[1]!))
    return [...this.hosts.values()]
      .filter(({ name, pools }) => pools.includes(pool) && !this.left.has(name))
      .filter((host) => host.app(app).hasServed && (moving.has(host.name) || isOut(host)))
      .map(({ name }) => name)
  }

  #note(host: SimulatedHost, rolloutId: string, attemptId: string, app: string): void {
    if (!this.activations.some((earlier) => earlier.attemptId === attemptId)) {
      const isMoving = [...this.moving].some((key) => key.endsWith(` ${host.name}`))
      const others = (pool: string) => this.outOfService(pool, app).filter((name) => name !== host.name)
      const outOfService = Object.fromEntries(host.pools.map((pool) => [pool, others(pool)]))
      const served = host.serves(app) && !isMoving
      this.activations.push({ atMs: this.#clock.now(), rolloutId, host: host.name, attemptId, served, outOfService })
    }
    this.moving.add(`${rolloutId} ${host.name}`)
  }

  #knownMs(): number {
    const nowMs = this.#clock.now()
    const isFresh = nowMs - this.#resumedMs < 10_000
    return Math.min(nowMs, isFresh ? this.#lastSeenMs : nowMs) - knownAfterMs
  }

  #heartbeat(host: SimulatedHost): void {
    if (!host.isUp) return
    const { observed } = host
    const heartbeat = { sentAtMs: this.#clock.now(), observed, diskFreeBytes: 0, diskTotalBytes: 0 }
    this.#toCoordinator(host, (coordinator) => coordinator.heartbeat(host.name, heartbeat))
  }

  #toCoordinator(host: SimulatedHost, say: (coordinator: CoordinatorSide) => Promise<void>): void {
    const session = this.#sessions.get(host.name)
    const coordinator = this.#coordinator
    if (!session || !coordinator) return
    session.lastToCoordinatorMs = this.#arrivalMs(session.lastToCoordinatorMs)
    this.#clock.after(session.lastToCoordinatorMs - this.#clock.now(), () => {
      if (session.isOpen) this.#hand(session, () => say(coordinator))
    })
  }

  #close(host: SimulatedHost, saidGoodbye: boolean, noticedAfterMs: number): void {
    const session = this.#sessions.get(host.name)
    const coordinator = this.#coordinator
    if (!session || !coordinator) return
    session.isOpen = false
    this.#clock.after(noticedAfterMs, () => {
      if (this.#sessions.get(host.name) === session) this.#sessions.delete(host.name)
      if (coordinator === this.#coordinator) this.#hand(session, () => coordinator.closed(host.name, saidGoodbye))
      if (host.isUp) this.connect(host)
    })
  }

  /** One after the other; what a coordinator was told when it was killed is lost. */
  #hand(session: Session, task: () => Promise<void>): void {
    const coordinator = this.#coordinator
    session.work = session.work.then(task).catch((error) => {
      if (coordinator === this.#coordinator) throw error
    })
  }

  #arrivalMs(earliestMs: number): number {
    return Math.max(earliestMs, this.#clock.now() + 1 + this.#random.below(longestWayMs))
  }
}
