import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSettled } from '../../../coordinator/rollout/state.ts'
import { nextTimer } from '../../../coordinator/rollout/timers.ts'
import { Bench } from '../../support/rollout-bench.ts'
import { fleetOf } from '../../support/rollout-fixture.ts'

const previous = { previousReleaseIds: { web: 'r1' } }

describe('a host that fails within the budget', () => {
  it('is tried again under a new attempt id, then left out', () => {
    const bench = Bench.distributed(fleetOf({ web: 4 }), { failureBudget: 1, retries: 1, maxUnavailable: 2 })
    const [again] = bench.failed('web-0', 'activate')
    assert.deepEqual(again, { type: 'activate', host: 'web-0', attemptId: 'ro/web-0/activate/2', batch: 0 })
    bench.activated('web-0')
    assert.equal(bench.status('web-0'), 'activating', 'its first attempt has ended')
    bench.failed('web-0', 'activate', 'NOT_READY', 2)
    assert.equal(bench.status('web-0'), 'failed')
    for (const host of ['web-1', 'web-2', 'web-3']) bench.activated(host)
    assert.equal(bench.state.phase, 'done')
    assert.match(bench.state.reason!, /but for 1 that failed: web-0/)
  })

  it('fetches again under a new attempt id', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 1 }), { failureBudget: 1, retries: 1 })
    assert.deepEqual(bench.failed('web-0', 'fetch', 'SWARM_STALLED'), [
      { type: 'fetch', host: 'web-0', attemptId: 'ro/web-0/fetch/2' },
    ])
    bench.fetched('web-0', 2)
    assert.equal(bench.status('web-0'), 'activating')
  })

  it('has failed, too, when the rollout ends while it waits to be tried again', () => {
    const bench = Bench.distributed(fleetOf({ web: 3, api: 3 }), { failureBudget: 1, retries: 1, maxParallel: 2 })
    bench.apply({ type: 'paused', reason: 'lunch' })
    bench.failed('api-0', 'activate')
    assert.equal(bench.status('api-0'), 'fetched')
    bench.apply({ type: 'aborted', reason: 'stop' })
    assert.equal(bench.status('api-0'), 'failed')
    assert.equal(bench.status('api-1'), 'cancelled')
  })
})

describe('the failure budget', () => {
  it('of a pool stops a rollout that has some left in all', () => {
    const budget = { total: 5, byPool: { web: 1, api: 1 }, byZone: {} }
    const policy = { failureBudget: 5, maxUnavailable: 3 }
    const bench = Bench.distributed(fleetOf({ web: 4, api: 4 }), policy, { budget })
    bench.failed('web-0', 'activate')
    bench.failed('api-0', 'activate')
    assert.equal(bench.state.phase, 'activating')
    bench.failed('web-1', 'activate')
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /2 hosts of pool web failed, its budget is 1/)
  })

  it('of a zone stops it as well', () => {
    const budget = { total: 5, byPool: {}, byZone: { eu: 1 } }
    const hosts = [...fleetOf({ web: 2 }, { zone: 'eu' }), ...fleetOf({ api: 2 }, { zone: 'eu' })]
    const bench = Bench.distributed(hosts, { failureBudget: 5 }, { budget })
    bench.failed('web-0', 'activate')
    bench.failed('api-0', 'activate')
    assert.match(bench.state.reason!, /2 hosts of zone eu failed, its budget is 1/)
  })
})

describe('beyond its budget a rollout', () => {
  it('waits for an operator, who lets it go on', () => {
    const bench = Bench.distributed(fleetOf({ web: 4 }), { onFailure: 'pause', maxUnavailable: 2 })
    bench.failed('web-0', 'activate')
    assert.equal(bench.state.phase, 'paused')
    assert.deepEqual(bench.activated('web-1'), [])
    bench.apply({ type: 'resumed' })
    assert.deepEqual(bench.are('activating'), ['web-2'])
  })

  it('waits for an operator, who has what failed tried again', () => {
    const bench = Bench.distributed(fleetOf({ web: 3 }), { onFailure: 'pause' })
    bench.failed('web-0', 'activate')
    const commands = bench.apply({ type: 'retried', hosts: ['web-0', 'web-1', 'unknown'] })
    assert.deepEqual(commands, [{ type: 'activate', host: 'web-0', attemptId: 'ro/web-0/activate/2', batch: 0 }])
    bench.activated('web-0', 2)
    assert.equal(bench.status('web-1'), 'activating')
  })

  it('goes back when it moved somebody and there is something to go back to', () => {
    const bench = Bench.distributed(fleetOf({ web: 3 }), { onFailure: 'rollback' }, previous)
    bench.activated('web-0')
    bench.failed('web-1', 'activate')
    assert.equal(bench.state.phase, 'halted')
    assert.equal(bench.state.rollsBack, true)
    assert.match(bench.state.reason!, /; goes back$/)
  })

  it('does not go back when nothing was live before, nobody moved, or it is a rollback itself', () => {
    const policy = { onFailure: 'rollback' } as const
    const first = Bench.distributed(fleetOf({ web: 2 }), policy)
    first.failed('web-0', 'activate')
    const early = new Bench()
    early.apply({ type: 'started' })
    early.plan(fleetOf({ web: 2 }), policy, previous)
    early.failed('web-0', 'fetch')
    const back = Bench.distributed(fleetOf({ web: 2 }), policy, previous, { kind: 'rollback' })
    back.failed('web-0', 'activate')
    for (const { state } of [first, early, back]) assert.deepEqual([state.phase, state.rollsBack], ['halted', false])
  })
})

describe('steps', () => {
  const steps = { canary: { hosts: 1, bakeMs: 1_000 }, steps: ['50%'], promote: 'manual' as const }

  it('are watched, and the next waits to be promoted', () => {
    const bench = Bench.distributed(fleetOf({ web: 4 }), { ...steps, maxUnavailable: 3 })
    assert.deepEqual(bench.are('activating'), ['web-0'])
    bench.activated('web-0')
    assert.deepEqual(nextTimer(bench.state), { atMs: bench.atMs + 1_000, due: { type: 'bakeOver' } })
    assert.deepEqual(bench.apply({ type: 'promoted' }), [], 'nothing waits for it yet')
    bench.apply({ type: 'baked', batch: 0, fault: null })
    assert.deepEqual([bench.state.phase, bench.state.awaitsPromote], ['paused', true])
    assert.match(bench.state.reason!, /step canary is done; waits for: rollout promote ro/)
    assert.deepEqual(bench.apply({ type: 'resumed' }), [])
    assert.equal(bench.apply({ type: 'promoted' }).length, 1)
    assert.deepEqual(bench.apply({ type: 'promoted' }), [])
    bench.activated('web-1')
    assert.equal(bench.state.awaitsPromote, true)
    bench.apply({ type: 'promoted' })
    bench.activated('web-2')
    bench.activated('web-3')
    assert.equal(bench.state.phase, 'done')
  })

  it('are open again while a host of theirs is tried again, and wait to be promoted after that', () => {
    const bench = Bench.distributed(fleetOf({ web: 6 }), { ...steps, failureBudget: 1, maxUnavailable: 3 })
    bench.failed('web-0', 'activate')
    bench.apply({ type: 'baked', batch: 0, fault: null })
    assert.equal(bench.state.awaitsPromote, true)
    bench.apply({ type: 'retried', hosts: ['web-0'] })
    assert.deepEqual(bench.are('activating'), ['web-0'])
    bench.activated('web-0', 2)
    assert.equal(bench.state.awaitsPromote, true)
    assert.deepEqual(bench.are('activating'), [])
  })

  it('leave stragglers behind, who move when they are ready to', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 4 }), { steps: ['25%', '100%'], maxUnavailable: 3 })
    for (const host of ['web-1', 'web-2', 'web-3']) bench.fetched(host)
    const due = { type: 'stragglersPassed' }
    assert.deepEqual(nextTimer(bench.state), { atMs: 2 + 2 + 5_000, due })
    bench.apply({ type: 'stragglersPassed' })
    assert.deepEqual(bench.are('activating'), ['web-1', 'web-2', 'web-3'])
    bench.fetched('web-0')
    for (const host of ['web-1', 'web-2', 'web-3', 'web-0']) bench.activated(host)
    assert.equal(bench.state.phase, 'done')
  })
})

describe('a canary', () => {
  const policy = { canary: { hosts: 1, bakeMs: 0 }, maxUnavailable: 3, failureBudget: 1, retries: 0 } as const

  it('is waited for, however slow it is', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 4 }), policy)
    for (const host of ['web-1', 'web-2', 'web-3']) bench.fetched(host)
    bench.apply({ type: 'stragglersPassed' })
    assert.deepEqual(bench.are('activating'), [])
    bench.fetched('web-0')
    assert.deepEqual(bench.are('activating'), ['web-0'])
    bench.activated('web-0')
    assert.deepEqual(bench.are('activating'), ['web-1', 'web-2', 'web-3'])
  })

  it('that cannot move shows nothing, so the rollout stops, and goes on only when an operator says so', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 3 }), { ...policy, onFailure: 'pause' })
    for (const host of ['web-1', 'web-2']) bench.fetched(host)
    bench.failed('web-0', 'fetch')
    assert.deepEqual([bench.state.phase, bench.state.reason], ['paused', 'no host of the canary could be moved'])
    bench.apply({ type: 'resumed' })
    assert.deepEqual(bench.are('activating'), ['web-1', 'web-2'])
  })
})

describe('hosts that go', () => {
  it('on purpose are no failure', () => {
    const bench = Bench.distributed(fleetOf({ web: 3 }))
    for (const host of ['web-0', 'web-2']) bench.apply({ type: 'hostLeft', host, why: 'it was terminated on purpose' })
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
    assert.equal(bench.state.reason, null)
    assert.deepEqual(bench.are('left'), ['web-0', 'web-2'])
  })

  it('without a word have failed, also while they wait for their turn', () => {
    const bench = Bench.distributed(fleetOf({ web: 3 }), { failureBudget: 1 })
    bench.apply({ type: 'hostLost', host: 'web-2', message: 'away' })
    assert.equal(bench.status('web-2'), 'failed')
    bench.activated('web-0')
    bench.activated('web-1')
    assert.match(bench.state.reason!, /but for 1 that failed: web-2/)
  })
})

describe('a rollout', () => {
  it('that only distributes is done when all hold the release', () => {
    const bench = Bench.distributed(fleetOf({ web: 2 }), {}, {}, { prefetch: true })
    assert.equal(bench.state.phase, 'done')
    assert.deepEqual(bench.are('fetched'), ['web-0', 'web-1'])
    assert.equal(isSettled(bench.state), true)
    assert.deepEqual(bench.apply({ type: 'hostLost', host: 'web-0', message: 'away' }), [])
    assert.equal(bench.status('web-0'), 'fetched')
  })

  it('without progress stops, and says who waits', () => {
    const bench = Bench.distributed(fleetOf({ web: 2 }))
    const { activateDeadlineMs, progressDeadlineMs } = bench.state.plan!
    assert.ok(activateDeadlineMs < progressDeadlineMs)
    const overdue = { type: 'attemptOverdue', host: 'web-0', attemptId: 'ro/web-0/activate' }
    assert.deepEqual(nextTimer(bench.state)!.due, overdue)
    bench.apply({ type: 'stalled' })
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /no host became ready for \d+ ms; these wait: web-1/)
    assert.equal(isSettled(bench.state), false, 'web-0 ends in a known state')
  })

  it('that has stopped waits for nothing but the hosts that move', () => {
    const bench = Bench.distributed(fleetOf({ web: 2 }))
    bench.apply({ type: 'aborted', reason: 'stop' })
    assert.equal(nextTimer(bench.state)?.due.type, 'attemptOverdue')
    bench.activated('web-0')
    assert.equal(bench.status('web-0'), 'ready')
    assert.equal(nextTimer(bench.state), undefined)
  })

  it('whose hosts wait for capacity alone is due to stall', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 2 }))
    const { state } = bench
    const waiting = Object.fromEntries(
      Object.values(state.hosts).map((host) => [host.host, { ...host, status: { is: 'fetched' as const } }]),
    )
    const timer = nextTimer({ ...state, phase: 'activating', progressAtMs: 10, hosts: waiting })
    assert.deepEqual(timer, { atMs: 10 + state.plan!.progressDeadlineMs, due: { type: 'stalled' } })
  })
})
