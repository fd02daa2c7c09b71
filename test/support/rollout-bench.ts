import { waitingHosts } from '../../coordinator/rollout/advance.ts'
import type { RolloutCommand, RolloutEvent } from '../../coordinator/rollout/events.ts'
import { reduce, requested } from '../../coordinator/rollout/reducer.ts'
import type { HostStatus, RolloutOrder, RolloutPlan, RolloutState } from '../../coordinator/rollout/state.ts'
import { grantHosts } from '../../planning/capacity.ts'
import type { FleetHost } from '../../planning/plan.ts'
import type { RolloutPolicy } from '../../planning/policy.ts'
import { plannedEvent, requestedEvent, rolloutPolicy } from './rollout-fixture.ts'

/** A rollout driven by hand: events in, commands out. What waits for capacity gets it as if all other hosts were in service. */
export class Bench {
  state: RolloutState
  readonly events: RolloutEvent[] = []
  atMs = 0

  constructor(order: Partial<RolloutOrder> = {}) {
    const event = requestedEvent(order)
    this.events.push(event)
    this.state = requested(event)
  }

  apply(event: Record<string, unknown> & { type: RolloutEvent['type'] }): readonly RolloutCommand[] {
    const commands = this.#reduce({ atMs: ++this.atMs, ...event } as RolloutEvent)
    if (!commands.some(({ type }) => type === 'reserve')) return commands
    const others = commands.filter(({ type }) => type !== 'reserve')
    const hosts = this.#grants()
    return hosts.length === 0 ? others : [...others, ...this.#reduce({ type: 'granted', atMs: this.atMs, hosts })]
  }

  #reduce(event: RolloutEvent): readonly RolloutCommand[] {
    const step = reduce(this.state, event)
    if (step.state !== this.state || step.commands.length > 0) this.events.push(event)
    this.state = step.state
    return step.commands.filter(({ type }) => type !== 'reserve' || event.type !== 'granted')
  }

  #grants(): readonly string[] {
    const { hosts, plan } = this.state
    const moving = Object.values(hosts).filter(({ status }) => status.is === 'activating')
    const broken = Object.values(hosts).filter((host) => host.broken?.mayBeOut)
    const down = new Set(broken.map(({ host }) => host))
    const outOfService = new Map<string, Set<string>>()
    for (const { host, pools } of [...moving, ...broken])
      for (const pool of pools) outOfService.set(pool, (outOfService.get(pool) ?? new Set()).add(host))
    const capacity = { limits: plan!.limits, maxParallel: plan!.maxParallel ?? 1_000, moving, outOfService, down }
    return grantHosts(waitingHosts(this.state), capacity).granted
  }

  plan(
    hosts: readonly FleetHost[],
    policy: Partial<RolloutPolicy> = {},
    plan: Partial<RolloutPlan> & { readonly bakeMs?: number } = {},
  ): readonly RolloutCommand[] {
    return this.apply({ type: 'planned', ...plannedEvent(hosts, rolloutPolicy(policy), plan) })
  }

  status(host: string): string {
    return this.state.hosts[host]!.status.is
  }

  /** A rollout of r2 over these hosts that all hold it already. */
  static distributed(
    hosts: readonly FleetHost[],
    policy: Partial<RolloutPolicy> = {},
    plan: Partial<RolloutPlan> = {},
    order: Partial<RolloutOrder> = {},
  ): Bench {
    const bench = new Bench(order)
    bench.apply({ type: 'started' })
    bench.plan(hosts, policy, plan)
    for (const { name } of hosts) bench.fetched(name)
    return bench
  }

  /** Hosts that are in this state. */
  are(is: HostStatus['is']): string[] {
    return Object.values(this.state.hosts).flatMap(({ host, status }) => (status.is === is ? [host] : []))
  }

  /** @param attempt which try it was, from 1 on. */
  fetched(host: string, attempt = 1): readonly RolloutCommand[] {
    return this.apply({
      type: 'fetched',
      host,
      attemptId: attemptId(host, 'fetch', attempt),
      totals: null,
      durationMs: 1,
    })
  }

  activated(host: string, attempt = 1): readonly RolloutCommand[] {
    return this.apply({ type: 'activated', host, attemptId: attemptId(host, 'activate', attempt), durationMs: 1 })
  }

  /** A hook refused, while the old release was live and serving. */
  refused(host: string, attempt = 1): readonly RolloutCommand[] {
    const failure = { code: 'HOOK_FAILED', message: 'refused', phase: 'preActivate' }
    return this.apply({ type: 'attemptFailed', host, attemptId: attemptId(host, 'activate', attempt), failure })
  }

  failed(host: string, what: 'fetch' | 'activate', code = 'NOT_READY', attempt = 1): readonly RolloutCommand[] {
    return this.apply({
      type: 'attemptFailed',
      host,
      attemptId: attemptId(host, what, attempt),
      failure: { code, message: 'broken', phase: 'readiness' },
    })
  }
}

function attemptId(host: string, what: 'fetch' | 'activate', attempt: number): string {
  return attempt === 1 ? `ro/${host}/${what}` : `ro/${host}/${what}/${attempt}`
}
