import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outstanding } from '../../../coordinator/rollout/reducer.ts'
import { isSettled } from '../../../coordinator/rollout/state.ts'
import { nextTimer } from '../../../coordinator/rollout/timers.ts'
import { Bench } from '../../support/rollout-bench.ts'
import { fleetOf } from '../../support/rollout-fixture.ts'

describe('rollout reducer', () => {
  it('builds, distributes to all, and then activates one batch after the other', () => {
    const bench = new Bench({ releaseId: null })
    assert.deepEqual(bench.apply({ type: 'started' }), [{ type: 'build' }])
    assert.deepEqual(bench.apply({ type: 'releaseBuilt', releaseId: 'r2' }), [{ type: 'plan' }])
    const fetches = bench.plan(fleetOf({ api: 1, web: 2 }))
    assert.deepEqual(
      fetches.map((command) => 'host' in command && command.host),
      ['api-0', 'web-0', 'web-1'],
    )
    assert.deepEqual(bench.fetched('api-0'), [])
    assert.deepEqual(bench.fetched('web-0'), [])
    assert.deepEqual(bench.fetched('web-1'), [
      { type: 'activate', host: 'api-0', attemptId: 'ro/api-0/activate', batch: 0 },
      { type: 'activate', host: 'web-0', attemptId: 'ro/web-0/activate', batch: 0 },
    ])
    assert.deepEqual(bench.activated('api-0'), [])
    assert.deepEqual(bench.activated('web-0'), [
      { type: 'activate', host: 'web-1', attemptId: 'ro/web-1/activate', batch: 1 },
    ])
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
  })

  it('halts at the first failure beyond the budget, says why, and moves nobody else', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 3 }))
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
    bench.plan(fleetOf({ web: 4 }), { failureBudget: 1, maxUnavailable: 2 })
    for (let index = 0; index < 4; index++) bench.fetched(`web-${index}`)
    bench.activated('web-0')
    bench.failed('web-1', 'activate')
    assert.deepEqual(
      ['web-2', 'web-3'].map((host) => bench.status(host)),
      ['activating', 'fetched'],
    )
    bench.activated('web-2')
    assert.equal(bench.status('web-3'), 'activating')
    bench.activated('web-3')
    assert.equal(bench.state.phase, 'done')
    assert.match(bench.state.reason!, /but for 1 that failed: web-1/)
  })

  it('halts when all that wait are in pools that have lost as many hosts as may be out of service', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 3 }), { failureBudget: 3 })
    for (let index = 0; index < 3; index++) bench.fetched(`web-${index}`)
    bench.failed('web-0', 'activate')
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /pool web: 1 failed, and at most 1 may be out of service/)
  })

  it('a host that failed before its swap serves on, and takes no room of its pool', () => {
    const bench = Bench.distributed(fleetOf({ web: 3 }), { failureBudget: 1 })
    bench.refused('web-0')
    bench.activated('web-1')
    bench.activated('web-2')
    assert.equal(bench.state.phase, 'done')
    assert.match(bench.state.reason!, /but for 1 that failed: web-0/)
  })

  it('a host that failed behind its swap is out of service also when the next try fails before it', () => {
    const bench = Bench.distributed(fleetOf({ web: 3 }), { failureBudget: 1, retries: 1 })
    bench.failed('web-0', 'activate')
    bench.refused('web-0', 2)
    assert.match(bench.state.reason!, /pool web: 1 failed, and at most 1 may be out of service/)
  })

  it('a failed fetch within the budget leaves the host on what it runs', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 2 }), { failureBudget: 1 })
    bench.failed('web-0', 'fetch')
    bench.fetched('web-1')
    bench.activated('web-1')
    assert.equal(bench.state.phase, 'done')
    assert.equal(bench.status('web-0'), 'failed')
  })

  it('a pause starts nobody and a resume goes on where it was', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 2 }))
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

  it('a pause while it builds keeps what is built from being rolled out', () => {
    const bench = new Bench({ releaseId: null, revision: 'main' })
    bench.apply({ type: 'started' })
    bench.apply({ type: 'paused', reason: 'outage' })
    assert.deepEqual(outstanding(bench.state), [{ type: 'build' }], 'after a restart it is built')
    assert.deepEqual(bench.apply({ type: 'releaseBuilt', releaseId: 'r2' }), [])
    assert.equal(bench.state.phase, 'paused')
    assert.deepEqual(bench.apply({ type: 'resumed' }), [{ type: 'plan' }])
    assert.equal(bench.state.phase, 'distributing')
  })

  it('a rollout that is resumed before its build ends goes on as if it had not been paused', () => {
    const bench = new Bench({ releaseId: null, revision: 'main' })
    bench.apply({ type: 'started' })
    bench.apply({ type: 'paused', reason: 'outage' })
    assert.deepEqual(bench.apply({ type: 'resumed' }), [])
    assert.deepEqual(bench.apply({ type: 'releaseBuilt', releaseId: 'r2' }), [{ type: 'plan' }])
  })

  it('an abort cancels what is in flight and waits for its known end', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 2 }))
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
    bench.plan(fleetOf({ web: 3 }), { failureBudget: 1, maxUnavailable: 2 })
    for (let index = 0; index < 3; index++) bench.fetched(`web-${index}`)
    bench.apply({ type: 'hostLost', host: 'web-0', message: 'away' })
    assert.equal(bench.status('web-0'), 'failed')
    bench.activated('web-0')
    assert.equal(bench.status('web-0'), 'ready')
    bench.activated('web-1')
    bench.activated('web-2')
    assert.equal(bench.state.phase, 'done')
  })

  it('an attempt that is given up is cancelled on the host, and a late success is believed', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 2 }))
    bench.fetched('web-0')
    bench.fetched('web-1')
    const commands = bench.failed('web-0', 'activate', 'DEADLINE_EXCEEDED')
    assert.deepEqual(commands, [{ type: 'cancel', host: 'web-0', attemptId: 'ro/web-0/activate' }])
    assert.equal(bench.state.phase, 'halted')
    bench.activated('web-0')
    assert.equal(bench.status('web-0'), 'ready')
  })

  it('unchanged hosts are left alone and nothing to do is done', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    assert.deepEqual(bench.plan(fleetOf({ web: 2 }, { liveReleaseId: 'r2' })), [])
    assert.equal(bench.state.phase, 'done')
    assert.equal(bench.status('web-0'), 'unchanged')
  })

  it('says why when no host can take part', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 1 }).map((host) => ({ ...host, excluded: 'is drained' })))
    assert.equal(bench.state.phase, 'halted')
    assert.match(bench.state.reason!, /web-0 is drained/)
  })

  it('watches a batch for its bake time and halts on a fault', () => {
    const bench = new Bench()
    bench.apply({ type: 'started' })
    bench.plan(fleetOf({ web: 2 }), {}, { bakeMs: 1_000 })
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
    bench.plan(fleetOf({ web: 2 }))
    const due = { type: 'attemptOverdue', host: 'web-0', attemptId: 'ro/web-0/fetch' }
    assert.deepEqual(nextTimer(bench.state), { atMs: 2 + 60_000, due })
  })
})
