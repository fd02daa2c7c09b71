import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { ReleaseStore } from '../../../coordinator/releases/release-store.ts'
import { Revocations } from '../../../coordinator/releases/revocations.ts'
import { keySigner } from '../../../coordinator/releases/signer.ts'
import type { RolloutPolicy } from '../../../planning/policy.ts'
import { decodeRevocation, encodeRevocation, isSignedBy } from '../../../proto/release-revocation.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { RolloutSimulation } from '../../support/rollout-simulation.ts'
import { putRelease } from '../../support/simulated-coordinator.ts'
import { reliable } from '../../support/simulated-host.ts'

const app = 'hello'

/** Four hosts of pool web on hello-1; hello-1 to hello-4 were built one after the other. */
async function fleetOf(context: TestContext, policy: Partial<RolloutPolicy> = {}, habits = reliable) {
  const simulation = await RolloutSimulation.start(1)
  context.after(() => simulation.close())
  const { coordinator, fleet } = simulation
  for (let index = 0; index < 4; index++)
    fleet.add({ name: `h${index}`, pools: ['web'], zone: null }, { [app]: 'hello-1' }, habits)
  for (const number of [1, 2, 3, 4])
    await putRelease(coordinator, { app, releaseId: `hello-${number}`, createdAtMs: number * 1_000, policy })
  await coordinator.desired.setPools({ app, releaseId: 'hello-1', rolloutId: 'before' }, ['web'], [])
  await simulation.pass(1_000)
  const deploy = (releaseId: string) => coordinator.rollouts.request({ app, releaseId, seed: 1 })
  const live = () => new Set([...fleet.hosts.values()].map(({ apps }) => apps.get(app)!.live))
  return { simulation, coordinator, deploy, live }
}

describe('a revoked release', () => {
  it('is deployed no more, nor is one that is not newer; a newer one is', async (context) => {
    const { simulation, coordinator, deploy, live } = await fleetOf(context)
    const { revocations, store } = coordinator
    await revocations.revoke('hello-3', 'leaks tokens', 'ann')
    await assert.rejects(deploy('hello-3'), {
      code: 'RELEASE_REVOKED',
      message: 'release hello-3 is revoked: leaks tokens',
    })
    await assert.rejects(deploy('hello-2'), { code: 'RELEASE_REVOKED', message: /hello-2 is not newer than hello-3/ })
    const marks = await Promise.all(['hello-3', 'hello-2', 'hello-4'].map((id) => store.get(id)))
    assert.deepEqual(
      marks.map((release) => revocations.marked(release).revoked?.releaseId),
      ['hello-3', 'hello-3', undefined],
    )
    await deploy('hello-4')
    assert.ok(await simulation.until(() => simulation.isQuiet(), 600_000))
    assert.deepEqual(live(), new Set(['hello-4']))
  })

  it('halts the rollout that brings it, the one that waits behind, and lets neither go back', async (context) => {
    const { simulation, coordinator, deploy } = await fleetOf(context, { maxUnavailable: 1, onFailure: 'rollback' })
    const [first, second, newer] = [await deploy('hello-2'), await deploy('hello-2'), await deploy('hello-4')]
    await simulation.pass(2_000)
    await coordinator.revocations.revoke('hello-3', 'leaks tokens', null)
    assert.ok(await simulation.until(() => simulation.isQuiet(), 600_000))
    for (const { id } of [first, second]) {
      const { phase, reason } = await coordinator.rollouts.get(id)
      assert.equal(phase, 'halted')
      assert.match(reason!, /hello-2 is not newer than hello-3, which is revoked: leaks tokens/)
    }
    assert.equal((await coordinator.rollouts.get(newer.id)).phase, 'done')
  })

  it('is not gone back to, neither by hand nor by a rule', async (context) => {
    const { simulation, coordinator, deploy } = await fleetOf(context)
    const { id } = await deploy('hello-4')
    assert.ok(await simulation.until(() => simulation.isQuiet(), 600_000))
    await coordinator.revocations.revoke('hello-1', 'old', null)
    await assert.rejects(coordinator.rollouts.rollBack(id, {}), {
      code: 'RELEASE_REVOKED',
      message: /hello-1 is revoked/,
    })
  })

  it('is not gone back to by a rollout that fails: it says so and ends', async (context) => {
    const broken = { ...reliable, failsAfterSwap: 1 }
    const { simulation, coordinator, deploy } = await fleetOf(context, { onFailure: 'rollback' }, broken)
    const alerts: unknown[] = []
    coordinator.hub.subscribe(({ type, data }) => type === 'alert' && alerts.push(data.message))
    await coordinator.revocations.revoke('hello-1', 'old', null)
    const { id } = await deploy('hello-4')
    assert.ok(await simulation.until(() => simulation.isQuiet(), 600_000))
    assert.deepEqual(alerts, [`hello: rollout ${id} cannot go back: release hello-1 is revoked: old`])
    assert.equal((await coordinator.rollouts.list({ limit: 10 })).length, 1)
  })

  it('is not brought to hosts that lag behind', async (context) => {
    const { simulation, coordinator } = await fleetOf(context)
    await coordinator.revocations.revoke('hello-2', 'old', null)
    await coordinator.desired.setPools({ app, releaseId: 'hello-2', rolloutId: 'before' }, ['web'], [])
    await simulation.pass(60_000)
    assert.deepEqual(await coordinator.rollouts.list({ limit: 10 }), [])
    await coordinator.desired.setPools({ app, releaseId: 'hello-4', rolloutId: 'before' }, ['web'], [])
    await simulation.pass(60_000)
    assert.equal((await coordinator.rollouts.list({ limit: 10 })).length, 1)
  })

  it('stays revoked over a restart, which halts what was cut off', async (context) => {
    const { simulation, coordinator, deploy } = await fleetOf(context, { maxUnavailable: 1 })
    const { id } = await deploy('hello-2')
    await simulation.pass(2_000)
    // Stored by a coordinator that was killed before anything was done about it.
    await revocationsOf(simulation).revoke('hello-2', 'leaks tokens', null)
    coordinator.life.die()
    await simulation.startCoordinator()
    await simulation.until(() => simulation.isQuiet(), 600_000)
    const { rollouts, revocations } = simulation.coordinator
    assert.equal((await rollouts.get(id)).phase, 'halted')
    assert.equal(
      revocations.refusal('hello-1'),
      'release hello-1 is not newer than hello-2, which is revoked: leaks tokens',
    )
    assert.equal(revocations.refusal('hello-3'), undefined)
  })
})

const signer = keySigner(generateKeyPairSync('ed25519').privateKey)

function revocationsOf({ database, coordinator, clock }: RolloutSimulation, by = signer): Revocations {
  const store = new ReleaseStore(database, by.publicPem)
  return new Revocations({ database, store, signer: by, hub: coordinator.hub, clock, logger: silentLogger() })
}

describe('revocations', () => {
  it('are signed, counted, and told as the newest of each app', async (context) => {
    const { simulation } = await fleetOf(context)
    const revocations = revocationsOf(simulation)
    await Promise.all([revocations.revoke('hello-2', 'two', 'ann'), revocations.revoke('hello-3', 'three', 'ann')])
    await revocations.revoke('hello-1', 'one', 'ann')
    await revocations.revoke('hello-3', 'again', 'bob')
    const [current, ...others] = revocations.current
    assert.equal(others.length, 0)
    assert.ok(isSignedBy(current!, [createPublicKey(signer.publicPem)]))
    const statement = decodeRevocation(current!.statement)
    assert.deepEqual(Buffer.from(encodeRevocation(statement)), Buffer.from(current!.statement))
    const { revokedAtMs: _when, ...rest } = statement
    assert.deepEqual(rest, {
      ...{ schemaVersion: 1, app, releaseId: 'hello-3', releaseCreatedAtMs: 3_000, reason: 'three', sequence: 2 },
    })
    assert.equal(revocations.refusal('hello-2'), 'release hello-2 is revoked: two')
  })

  it('are signed anew when the key was exchanged', async (context) => {
    const { simulation } = await fleetOf(context)
    await revocationsOf(simulation).revoke('hello-2', 'two', null)
    const next = keySigner(generateKeyPairSync('ed25519').privateKey)
    const renewed = revocationsOf(simulation, next)
    await renewed.load()
    assert.ok(isSignedBy(renewed.current[0]!, [createPublicKey(next.publicPem)]))
    assert.equal(renewed.refusal('hello-1')?.includes('hello-2'), true)
  })

  it('are of releases there are', async (context) => {
    const { simulation } = await fleetOf(context)
    await assert.rejects(revocationsOf(simulation).revoke('hello-9', 'nine', null), { code: 'NOT_FOUND' })
  })
})
