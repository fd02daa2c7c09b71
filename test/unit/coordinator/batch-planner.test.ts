import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type PlanCandidate, planBatches, unavailableLimit } from '../../../coordinator/rollout/batch-planner.ts'

const policy = { maxUnavailable: 1 as number | string, pools: {}, failureBudget: 0, distributeDeadlineMs: 1 }
const host = (name: string, pools: string[], overrides: Partial<PlanCandidate> = {}): PlanCandidate => ({
  host: name,
  pools,
  liveReleaseId: 'old',
  ready: true,
  excluded: null,
  ...overrides,
})

describe('batch planner', () => {
  it('goes pool by pool and never beyond a pool’s own limit', () => {
    const hosts = [host('w1', ['web']), host('a1', ['api']), host('w2', ['web']), host('w3', ['web'])]
    const { batches } = planBatches(hosts, 'new', { ...policy, pools: { web: { maxUnavailable: 2 } } })
    assert.deepEqual(batches, [['a1'], ['w1', 'w2'], ['w3']])
  })

  it('rounds a share down, but one host of a pool may always move', () => {
    assert.equal(unavailableLimit('25%', 8), 2)
    assert.equal(unavailableLimit('25%', 7), 1)
    assert.equal(unavailableLimit('10%', 2), 1)
    assert.equal(unavailableLimit(5, 3), 3)
  })

  it('leaves hosts alone that run the release, and names those that cannot take part', () => {
    const hosts = [
      host('a', ['web'], { liveReleaseId: 'new' }),
      host('b', ['web'], { excluded: 'is drained' }),
      host('c', ['web'], { liveReleaseId: 'new', ready: false }),
    ]
    const { batches, hosts: planned } = planBatches(hosts, 'new', policy)
    assert.deepEqual(batches, [['c']])
    assert.deepEqual(
      planned.map((entry) => entry.place),
      ['unchanged', { skipped: 'is drained' }, { batch: 0 }],
    )
  })

  it('places every host once and keeps every pool of every batch within its limit', () => {
    const pool = fc.constantFrom('api', 'web', 'jobs')
    const fleet = fc.array(fc.uniqueArray(pool, { minLength: 1, maxLength: 3 }), { maxLength: 40 })
    fc.assert(
      fc.property(fleet, fc.integer({ min: 1, max: 6 }), (pools, maxUnavailable) => {
        const hosts = pools.map((names, index) => host(`h${index}`, names))
        const { batches, limits } = planBatches(hosts, 'new', { ...policy, maxUnavailable })
        assert.deepEqual(batches.flat().sort(), hosts.map((entry) => entry.host).sort())
        for (const batch of batches) {
          for (const name of ['api', 'web', 'jobs']) {
            const taken = batch.filter((member) =>
              hosts.find((entry) => entry.host === member)!.pools.includes(name),
            ).length
            assert.ok(taken <= (limits[name] ?? 0) || taken === 0)
          }
        }
      }),
    )
  })
})
