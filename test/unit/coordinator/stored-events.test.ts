import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outstanding } from '../../../coordinator/rollout/reducer.ts'
import { replay } from '../../../coordinator/rollout/stored-events.ts'

/** Events as version 0.1 stored them: it knew no steps, no orders and no grants. */
const requested = {
  ...{ type: 'requested', atMs: 1, id: 'ro', app: 'hello', revision: 'abc', releaseId: 'r2', rebuild: false },
  ...{ rollbackOf: null, pools: [] },
}
const names = ['web-0', 'web-1', 'web-2']
const planned = {
  ...{ type: 'planned', atMs: 3 },
  plan: {
    ...{ batches: [['web-0', 'web-1'], ['web-2']], limits: { web: 2 }, failureBudget: 1, bakeMs: 0 },
    ...{ distributeDeadlineMs: 60_000, activateDeadlineMs: 90_000, previousReleaseId: 'r1' },
  },
  hosts: names.map((host, index) => ({ host, pools: ['web'], place: { batch: index === 2 ? 1 : 0 } })),
}
const fetched = names.map((host) => {
  return { type: 'fetched', atMs: 4, host, attemptId: `ro/${host}/fetch`, totals: null, durationMs: 1 }
})
const activated = (host: string) => {
  return { type: 'activated', atMs: 5, host, attemptId: `ro/${host}/activate`, durationMs: 1 }
}
const begun = [requested, { type: 'started', atMs: 2 }, planned, ...fetched]
const stateOf = (events: readonly object[]) => replay(events.map((event) => JSON.stringify(event)))!
const statuses = (events: readonly object[]) => names.map((name) => stateOf(events).hosts[name]!.status.is)

describe('an event log of version 0.1', () => {
  it('is read to its end', () => {
    const failure = { code: 'NOT_READY', message: 'broken', phase: 'readiness' }
    const failed = { type: 'attemptFailed', atMs: 6, host: 'web-1', attemptId: 'ro/web-1/activate', failure }
    const events = [...begun, activated('web-0'), failed, activated('web-2')]
    assert.deepEqual(statuses(events), ['ready', 'failed', 'ready'])
    const state = stateOf(events)
    assert.equal(state.phase, 'done')
    assert.equal(state.kind, 'deploy')
    assert.deepEqual(state.plan!.previousReleaseIds, { web: 'r1' })
  })

  it('goes on with the batch that moved, also when it was paused meanwhile', () => {
    const paused = { type: 'paused', atMs: 5, reason: 'lunch' }
    const events = [...begun, paused, activated('web-1')]
    assert.deepEqual(statuses(events), ['activating', 'ready', 'fetched'])
    assert.deepEqual(outstanding(stateOf(events)), [
      { type: 'activate', host: 'web-0', attemptId: 'ro/web-0/activate', batch: 0 },
    ])
  })

  it('goes on by grants once this version has taken over', () => {
    const granted = { type: 'granted', atMs: 7, hosts: ['web-2'] }
    const events = [...begun, activated('web-0'), activated('web-1'), granted, activated('web-2')]
    assert.equal(stateOf(events).phase, 'done')
  })

  it('is nothing without its request', () => {
    assert.equal(replay([]), undefined)
  })
})
