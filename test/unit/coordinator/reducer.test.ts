import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type PlanCandidate, planBatches } from '../../../coordinator/rollout/batch-planner.ts'
import type { RolloutCommand, RolloutEvent } from '../../../coordinator/rollout/events.ts'
import { nextDeadline, outstanding, reduce, requested } from '../../../coordinator/rollout/reducer.ts'
import { isSettled, type RolloutPolicy, type RolloutState } from '../../../coordinator/rollout/state.ts'
import { type Random, seededRandom } from '../../../runtime/random.ts'

const policy: RolloutPolicy = { maxUnavailable: 1, pools: {}, failureBudget: 0, distributeDeadlineMs: 60_000 }

function candidates(pools: Record<string, number>): PlanCandidate[] {
  return Object.entries(pools).flatMap(([pool, size]) =>
    Array.from({ length: size }, (_, index) => ({
      host: `${pool}-${index}`,
      pools: [pool],
      liveReleaseId: 'r1',
      ready: true,
      excluded: null,
    })),
  )
}

/** A rollout driven by hand: events in, commands out. */
class Bench {
  state: RolloutState
  readonly events: RolloutEvent[] = []
  atMs = 0

  constructor(releaseId: string | null = 'r2') {
    const event = {
      type: 'requested',
      atMs: 0,
      id: 'ro',
      app: 'hello',
      revision: null,
      releaseId,
      rebuild: false,
      rollbackOf: null,
      pools: [],
    } as const
    this.events.push(event)
    this.state = requested(event)
  }

  apply(event: Record<string, unknown> & { type: RolloutEvent['type'] }): readonly RolloutCommand[] {
    const stamped = { atMs: ++this.atMs, ...event } as RolloutEvent
    const step = reduce(this.state, stamped)
    if (step.state !== this.state || step.commands.length > 0) this.events.push(stamped)
    this.state = step.state
    return step.commands
  }

  plan(
    hosts: readonly PlanCandidate[],
    overrides: Partial<RolloutPolicy> & { bakeMs?: number } = {},
  ): readonly RolloutCommand[] {
    const { bakeMs = 0, ...rest } = overrides
    const merged = { ...policy, ...rest }
    const { batches, limits, hosts: planned } = planBatches(hosts, this.state.releaseId!, merged)
    const plan = {
      batches,
      limits,
      failureBudget: merged.failureBudget,
      distributeDeadlineMs: 60_000,
      activateDeadlineMs: 60_000,
      bakeMs,
      previousReleaseId: 'r1',
      previousReleaseIds: {},
    }
    return this.apply({ type: 'planned', plan, hosts: planned })
  }

  status(host: string): string {
    return this.state.hosts[host]!.status.is
  }

  fetched(host: string): readonly RolloutCommand[] {
    return this.apply({ type: 'fetched', host, attemptId: `ro/${host}/fetch`, totals: null, durationMs: 1 })
  }

  activated(host: string): readonly RolloutCommand[] {
    return this.apply({ type: 'activated', host, attemptId: `ro/${host}/activate`, durationMs: 1 })
  }

  failed(host: string, what: 'fetch' | 'activate', code = 'NOT_READY'): readonly RolloutCommand[] {
    return this.apply({
      type: 'attemptFailed',
      host,
      attemptId: `ro/${host}/${what}`,
      failure: { code, message: 'broken', phase: 'readiness' },
    })
  }
}

describe('rollout reducer', () => {
  it('builds, distributes to all, and then activates one batch after the other', () => {
    const bench = new Bench(null)
    assert.deepEqual(bench.apply({ type: 'started' }), [{ type: 'build' }])
    assert.deepEqual(bench.apply({ type: 'releaseBuilt', releaseId: 'r2' }), [{ type: 'plan' }])
    const fetches = bench.plan(candidates({ api: 1, web: 2 }))
    assert.deepEqual(
      fetches.map((command) => 'host' in command && command.host),
      ['api-0', 'web-0', 'web-1'],
    )
    assert.deepEqual(bench.fetched('api-0'), [])
    assert.deepEqual(bench.fetched('web-0'), [])
    assert.deepEqual(bench.fetched('web-1'), [
      { type: 'activate', host: 'api-0', attemptId: 'ro/api-0/activate', batch: 0 },
    ])
    assert.deepEqual(bench.activated('api-0'), [
      { type: 'activate', host: 'web-0', attemptId: 'ro/web-0/activate', batch: 1 },
    ])
    bench.activated('web-0')
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
  })

  it('halts at the first failure beyond the budget, says why, and moves nobody else', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 3 }))
    for (const host of ['web-0', 'web-1', 'web-2']) bench.fetched(host)
    bench.activated('web-0')
    assert.deepEqual(bench.failed('web-1', 'activate'), [])
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /web-1 failed in readiness: broken/)
    assert.equal(bench.status('web-2'), 'cancelled')
  })

  it('goes on within the budget, but counts the broken host against its pool', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 4 }), { failureBudget: 1, maxUnavailable: 2 })
    for (let index = 0; index < 4; index++) bench.fetched(`web-${index}`)
    bench.activated('web-0')
    bench.failed('web-1', 'activate')
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /pool web: 1 failed and the next batch takes 2 more, but at most 2/)
  })

  it('a failed fetch within the budget leaves the host on what it runs', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }), { failureBudget: 1 })
    bench.failed('web-0', 'fetch')
    bench.fetched('web-1')
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
    assert.equal(bench.status('web-0'), 'failed')
  })

  it('a pause starts nobody and a resume goes on where it was', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }))
    bench.fetched('web-0')
    bench.fetched('web-1')
    bench.apply({ type: 'paused', reason: 'lunch' })
    assert.deepEqual(bench.activated('web-0'), [])
    assert.equal(bench.state.phase, 'paused')
    assert.deepEqual(
      bench.apply({ type: 'resumed' }).map((command) => command.type),
      ['activate'],
    )
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
  })

  it('an abort cancels what is in flight and waits for its known end', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }))
    bench.fetched('web-0')
    bench.fetched('web-1')
    assert.deepEqual(bench.apply({ type: 'aborted', reason: 'stop' }), [
      { type: 'cancel', host: 'web-0', attemptId: 'ro/web-0/activate' },
    ])
    assert.equal(isSettled(bench.state), false)
    bench.failed('web-0', 'activate', 'ATTEMPT_CANCELLED')
    assert.equal(bench.status('web-0'), 'cancelled')
    assert.equal(isSettled(bench.state), true)
  })

  it('a lost host fails, and its late success is believed', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }), { failureBudget: 1, maxUnavailable: 2 })
    bench.fetched('web-0')
    bench.fetched('web-1')
    bench.apply({ type: 'hostLost', host: 'web-0', message: 'away' })
    assert.equal(bench.status('web-0'), 'failed')
    bench.activated('web-0')
    assert.equal(bench.status('web-0'), 'ready')
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
  })

  it('an attempt that is given up is cancelled on the host, and a late success is believed', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }))
    bench.fetched('web-0')
    bench.fetched('web-1')
    const commands = bench.failed('web-0', 'activate', 'DEADLINE_EXCEEDED')
    assert.deepEqual(commands, [{ type: 'cancel', host: 'web-0', attemptId: 'ro/web-0/activate' }])
    assert.equal(bench.state.phase, 'halted')
    bench.activated('web-0')
    assert.equal(bench.status('web-0'), 'ready')
  })

  it('unchanged hosts are left alone and nothing to do is done', () => {
    const bench = new Bench('r1')
    bench.apply({ type: 'started' })
    assert.deepEqual(bench.plan(candidates({ web: 2 })), [])
    assert.equal(bench.state.phase, 'done')
    assert.equal(bench.status('web-0'), 'unchanged')
  })

  it('says why when no host can take part', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 1 }).map((host) => ({ ...host, excluded: 'is drained' })))
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /web-0 is drained/)
  })

  it('watches a batch for its bake time and halts on a fault', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }), { bakeMs: 1_000 })
    bench.fetched('web-0')
    bench.fetched('web-1')
    assert.deepEqual(bench.activated('web-0'), [])
    assert.equal(bench.state.bakingUntilMs, bench.atMs + 1_000)
    assert.deepEqual(
      bench.apply({ type: 'baked', batch: 0, fault: null }).map((command) => command.type),
      ['activate'],
    )
    bench.activated('web-1')
    bench.apply({ type: 'baked', batch: 1, fault: 'errors are up' })
    assert.equal(bench.state.phase, 'halted')
    assert.equal(bench.state.reason, 'errors are up')
  })

  it('names the attempt that is overdue first', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(candidates({ web: 2 }))
    assert.deepEqual(nextDeadline(bench.state), { atMs: 2 + 60_000, host: 'web-0', attemptId: 'ro/web-0/fetch' })
  })
})

describe('rollout reducer, over random fleets and faults', () => {
  const fleets = fc.record({
    pools: fc.dictionary(fc.constantFrom('api', 'web', 'jobs', 'db'), fc.integer({ min: 1, max: 12 }), { minKeys: 1 }),
    maxUnavailable: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom('10%', '25%', '50%')),
    failureBudget: fc.integer({ min: 0, max: 3 }),
    bakeMs: fc.constantFrom(0, 10),
    seed: fc.integer(),
  })

  it('never takes more of a pool than allowed, always ends, and replays to the same state', () => {
    fc.assert(
      fc.property(fleets, ({ pools, maxUnavailable, failureBudget, bakeMs, seed }) => {
        const bench = new Bench()
        const random = seededRandom(seed)
        bench.apply({ type: 'started' })
        bench.plan(candidates(pools), { maxUnavailable, failureBudget, bakeMs })
        let steps = 0
        while (!isSettled(bench.state)) {
          assert.ok(++steps < 500, 'the rollout does not end')
          step(bench, random)
          assertFloors(bench.state)
        }
        const first = bench.events[0] as Extract<RolloutEvent, { type: 'requested' }>
        const replayed = bench.events.slice(1).reduce((state, event) => reduce(state, event).state, requested(first))
        assert.deepEqual(replayed, bench.state)
      }),
    )
  })

  /** One random thing happens: a host in flight ends well, badly or vanishes; an operator speaks; or nothing is new. */
  function step(bench: Bench, random: Random): void {
    const what = random.below(40)
    if (what === 0) bench.apply({ type: 'paused', reason: 'operator' })
    if (what === 1) bench.apply({ type: 'aborted', reason: 'operator' })
    if (bench.state.phase === 'paused' && random.below(3) === 0) bench.apply({ type: 'resumed' })
    if (bench.state.bakingUntilMs !== null)
      bench.apply({ type: 'baked', batch: bench.state.batch, fault: random.below(20) === 0 ? 'bad' : null })
    const pending = outstanding(bench.state).filter((command) => 'host' in command)
    const command = pending[random.below(pending.length)]
    if (!command || !('host' in command)) {
      if (bench.state.phase === 'paused') bench.apply({ type: 'resumed' })
      return
    }
    const outcome = random.below(20)
    const activating = command.attemptId.endsWith('/activate')
    if (outcome === 0) bench.failed(command.host, activating ? 'activate' : 'fetch')
    else if (outcome === 1) bench.apply({ type: 'hostLost', host: command.host, message: 'gone' })
    else if (activating) bench.activated(command.host)
    else bench.fetched(command.host)
  }

  function assertFloors(state: RolloutState): void {
    for (const [pool, limit] of Object.entries(state.plan!.limits)) {
      const ofPool = Object.values(state.hosts).filter((host) => host.pools.includes(pool))
      const moving = ofPool.filter((host) => host.status.is === 'activating').length
      const broken = ofPool.filter((host) => host.status.is === 'failed' && host.status.duringActivation).length
      if (moving > 0)
        assert.ok(
          moving + broken <= limit,
          `${moving} of ${pool} move, ${broken} are broken, ${limit} may be out of service`,
        )
    }
  }
})
