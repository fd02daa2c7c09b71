import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { completeImmune } from '../../../coordinator/app-config/immune.ts'
import { planRollout } from '../../../coordinator/rollout/planning.ts'
import type { KnownHost } from '../../../coordinator/session/host-registry.ts'
import type { ReleaseManifest } from '../../../proto/release-manifest.ts'
import { requestedEvent, rolloutPolicy } from '../../support/rollout-fixture.ts'

const host = (name: string, pools: string[], overrides: Partial<KnownHost> = {}): KnownHost => ({
  ...{
    name,
    pools,
    labels: {},
    agentVersion: '1',
    drained: false,
    hasLeft: false,
    connected: true,
    lastSeenMs: 0,
    observed: [],
  },
  ...overrides,
})
const hooks = { preActivate: { command: 'x', deadlineMs: 5_000 } }
const readiness = { probes: [], intervalMs: 1, timeoutMs: 1, successes: 1, healthyDeadlineMs: 10_000 }
const manifest = {
  releaseId: 'r3',
  app: 'hello',
  deploy: { path: '/x', keep: 1, hooks, readiness },
} as unknown as ReleaseManifest
const policy = {
  rollout: rolloutPolicy({ failureBudget: 2 }),
  immune: completeImmune({ bakeMs: 500, builtIn: [] }),
  notifications: [],
}

function plan(hosts: KnownHost[], desired: Record<string, string>, pools: string[] = []) {
  const order = requestedEvent({ releaseId: 'r3', pools })
  return planRollout({ order, manifest, policy, hosts, desired: (pool) => desired[pool] ?? null })
}

describe('planning', () => {
  it('goes back to the one release all pools ran, or to none where they differed', () => {
    const hosts = [host('a1', ['api']), host('w1', ['web'])]
    assert.equal(plan(hosts, { api: 'r1', web: 'r1' }).plan.previousReleaseId, 'r1')
    const differing = plan(hosts, { api: 'r1', web: 'r2' }).plan
    assert.deepEqual([differing.previousReleaseId, differing.previousReleaseIds], [null, { api: 'r1', web: 'r2' }])
    assert.equal(plan(hosts, { api: 'r1', web: 'r2' }, ['web']).plan.previousReleaseId, 'r2')
    assert.equal(plan(hosts, {}).plan.previousReleaseId, null)
  })

  it('takes only hosts of the pools asked for, and says why one cannot take part', () => {
    const hosts = [
      host('a1', ['api']),
      host('w1', ['web']),
      host('w2', ['web'], { drained: true }),
      host('w3', ['web'], { connected: false }),
    ]
    assert.deepEqual(
      plan(hosts, {}, ['web']).hosts.map((entry) => [entry.host, entry.place]),
      [
        ['w1', { batch: 0 }],
        ['w2', { skipped: 'is drained' }],
        ['w3', { skipped: 'has no connected agent' }],
      ],
    )
  })

  it('gives an activation the time its own deadlines add up to, and bakes only where a rule can be broken', () => {
    const { plan: made } = plan([host('w1', ['web'])], {})
    assert.ok(made.activateDeadlineMs > 5_000 + 10_000)
    assert.deepEqual(
      made.steps.map(({ bakeMs }) => bakeMs),
      [0],
    )
    assert.equal(made.budget.total, 2)
  })
})
