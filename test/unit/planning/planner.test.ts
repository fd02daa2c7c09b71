import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { orderHosts } from '../../../planning/order/order.ts'
import type { FleetHost, FleetPlan } from '../../../planning/plan.ts'
import { planFleet } from '../../../planning/planner.ts'
import { countOf, type RolloutPolicy, unavailableLimit } from '../../../planning/policy.ts'
import { anyMixedFleet, anyPolicy, fleet, host, policy } from './fleet-fixture.ts'

const plan = (hosts: readonly FleetHost[], overrides: Partial<RolloutPolicy> = {}, seed = 0) =>
  planFleet(hosts, { releaseId: 'new', policy: policy(overrides), seed, bakePerBatchMs: 0 })
const batchesOf = ({ steps }: FleetPlan) => steps.flatMap(({ batches }) => batches)
const movingOf = (hosts: readonly FleetHost[]) =>
  hosts.filter((entry) => entry.excluded === null && !(entry.liveReleaseId === 'new' && entry.ready))

/** Every plan that the property is held against. */
function forAnyPlan(
  hold: (hosts: readonly FleetHost[], policy: RolloutPolicy, plan: FleetPlan, seed: number) => void,
): void {
  fc.assert(
    fc.property(anyMixedFleet, anyPolicy, fc.nat(), (hosts, policy, seed) =>
      hold(hosts, policy, plan(hosts, policy, seed), seed),
    ),
    { numRuns: 300 },
  )
}

describe('plan of a fleet', () => {
  it('places every host exactly once, with a reason', () => {
    forAnyPlan((hosts, _, { hosts: placed }) => {
      assert.deepEqual(placed.map((entry) => entry.host).sort(), hosts.map(({ name }) => name).sort())
      for (const { why } of placed) assert.notEqual(why, '')
    })
  })

  it('lets every host move that can and has not', () => {
    forAnyPlan((hosts, _, result) => {
      const moved = batchesOf(result).flat()
      assert.deepEqual(
        moved.toSorted(),
        movingOf(hosts)
          .map(({ name }) => name)
          .sort(),
      )
      const placed = result.hosts.filter(({ place }) => typeof place === 'object' && 'batch' in place)
      assert.deepEqual(
        placed.map((entry) => [entry.host, entry.place]),
        batchesOf(result).flatMap((batch, index) => batch.map((name) => [name, { batch: index }])),
      )
    })
  })

  it('keeps the order: batches in a row are the order, but for canaries that are put first', () => {
    forAnyPlan((hosts, { canary, order }, result, seed) => {
      if (canary !== undefined) return
      const ordered = orderHosts(movingOf(hosts), { order, seed })
      assert.deepEqual(
        batchesOf(result).flat(),
        ordered.map((entry) => entry.host.name),
      )
    })
  })

  it('takes no more of a pool, and no more in all, than the policy allows at once', () => {
    forAnyPlan((hosts, { maxUnavailable, pools, maxParallel }, result) => {
      const poolsOf = new Map(hosts.map((entry) => [entry.name, entry.pools]))
      for (const pool of new Set(hosts.flatMap((entry) => entry.pools))) {
        const size = hosts.filter((entry) => entry.pools.includes(pool) && entry.excluded !== 'is drained').length
        const limit = unavailableLimit(pools[pool]?.maxUnavailable ?? maxUnavailable, size)
        assert.equal(result.limits[pool], limit)
        for (const batch of batchesOf(result))
          assert.ok(batch.filter((name) => poolsOf.get(name)!.includes(pool)).length <= limit)
      }
      for (const batch of batchesOf(result)) {
        assert.ok(batch.length > 0)
        assert.ok(batch.length <= (maxParallel ?? Number.POSITIVE_INFINITY))
      }
    })
  })

  it('has the canaries of every pool in its first step', () => {
    forAnyPlan((hosts, { canary }, result) => {
      const moving = movingOf(hosts)
      const first = result.steps[0]
      if (canary === undefined || moving.length === 0) return assert.notEqual(first?.name, 'canary')
      assert.equal(first?.name, 'canary')
      assert.equal(first.bakeMs, canary.bakeMs)
      const names = new Set(first.batches.flat())
      for (const pool of new Set(moving.flatMap(({ pools }) => pools))) {
        const size = hosts.filter((entry) => entry.pools.includes(pool) && entry.excluded !== 'is drained').length
        const candidates = moving.filter(({ pools }) => pools.includes(pool))
        const wanted = Math.min(candidates.length, Math.max(1, countOf(canary.hosts, size)))
        assert.ok(candidates.filter(({ name }) => names.has(name)).length >= wanted)
      }
    })
  })

  it('reaches each step’s share, and everybody with the last', () => {
    forAnyPlan((hosts, { promote }, result) => {
      const total = movingOf(hosts).length
      let moved = 0
      for (const [index, step] of result.steps.entries()) {
        assert.ok(step.batches.length > 0)
        moved += step.batches.flat().length
        if (step.name !== 'canary') assert.equal(moved, countOf(step.name, total))
        assert.equal(step.waitsForPromote, promote === 'manual' && index < result.steps.length - 1)
      }
      assert.equal(moved, total)
    })
  })

  it('is the same for the same fleet and seed', () => {
    forAnyPlan((hosts, policy, result, seed) => assert.deepEqual(plan(hosts, policy, seed), result))
  })

  it('spreads what is left after the canaries', () => {
    const { steps } = plan(fleet({ a: 50, b: 25, c: 5 }), { canary: { hosts: 5, bakeMs: 0 }, maxUnavailable: 99 })
    const names = steps[1]!.batches.flat()
    assert.equal(names.length, 65)
    for (let start = 0; start + 13 <= names.length; start++)
      assert.ok(names.slice(start, start + 13).filter((name) => name.startsWith('b')).length <= 5)
  })

  it('plans no steps for an empty fleet, and for one that is there already', () => {
    assert.deepEqual(plan([]).steps, [])
    const done = plan([host('a', 'web', { liveReleaseId: 'new' })], { canary: { hosts: 1, bakeMs: 0 } })
    assert.deepEqual(done.steps, [])
    assert.deepEqual(done.limits, { web: 1 })
    assert.equal(done.hosts[0]?.why, 'runs new already and is ready')
  })

  it('says for each host why it stands there', () => {
    const hosts = [
      ...fleet({ web: 4 }),
      host('both', ['api', 'db']),
      host('gone', 'web', { excluded: 'is drained' }),
      host('sick', 'jobs', { liveReleaseId: 'new', ready: false }),
    ]
    const overrides = { order: 'list', canary: { hosts: 1, bakeMs: 5 }, steps: ['60%'] } as const
    const result = plan(hosts, { ...overrides, steps: [...overrides.steps] })
    assert.deepEqual(
      result.hosts.map((entry) => `${entry.host}: ${entry.why}`),
      [
        'web1: canary of pool web',
        'both: canary of pools api and db',
        'sick: canary of pool jobs',
        'web2: 2nd of the list: step 100%, batch 2',
        'web3: 3rd of the list: step 100%, batch 3',
        'web4: 4th of the list: step 100%, batch 4',
        'gone: is drained',
      ],
    )
    assert.deepEqual(result.steps[0], {
      name: 'canary',
      batches: [['web1', 'both', 'sick']],
      bakeMs: 5,
      waitsForPromote: false,
    })
  })

  it('keeps rollingpin’s order when its first hosts are the canaries', () => {
    const result = plan(fleet({ a: 6, b: 3, c: 2 }), { order: 'rollingpin', canary: { hosts: 1, bakeMs: 0 } })
    assert.equal(batchesOf(result).flat().join(' '), 'a1 b1 c1 a2 a3 a4 b2 a5 a6 b3 c2')
  })

  it('plans 5,000 hosts while somebody waits for it', (context) => {
    const hosts = fleet({ web: 2500, api: 1500, jobs: 700, db: 250, cache: 40, edge: 10 })
    const steps = ['1%', '10%', '25%', '100%']
    const startedMs = performance.now()
    const result = plan(hosts, { canary: { hosts: '1%', bakeMs: 0 }, steps, maxUnavailable: '10%' })
    context.diagnostic(
      `5,000 hosts in ${batchesOf(result).length} batches: ${Math.round(performance.now() - startedMs)} ms`,
    )
    assert.equal(batchesOf(result).flat().length, 5000)
  })
})
