import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { RolloutPolicy } from '../../../planning/policy.ts'
import { RolloutSimulation } from '../../support/rollout-simulation.ts'
import { putRelease } from '../../support/simulated-coordinator.ts'
import { type HostHabits, reliable } from '../../support/simulated-host.ts'

interface Fleet {
  readonly size: number
  readonly apps: readonly string[]
  readonly policy: Partial<RolloutPolicy>
  readonly habits?: (index: number) => HostHabits
  readonly seed?: number
}

/** Hosts `h0`, `h1`, … of pool web that run release `<app>-1` of every app; `<app>-2` may be rolled out. */
async function fleetOf(context: TestContext | undefined, { size, apps, policy, habits, seed = 1 }: Fleet) {
  const simulation = await RolloutSimulation.start(seed)
  context?.after(() => simulation.close())
  const { coordinator, fleet } = simulation
  const live = Object.fromEntries(apps.map((app) => [app, `${app}-1`]))
  for (let index = 0; index < size; index++)
    fleet.add({ name: `h${index}`, pools: ['web'], zone: null }, live, habits?.(index) ?? reliable)
  for (const app of apps) {
    for (const number of [1, 2]) await putRelease(coordinator, { app, releaseId: `${app}-${number}`, policy })
    await coordinator.desired.setPools({ app, releaseId: `${app}-1`, rolloutId: 'before' }, ['web'], [])
  }
  await simulation.pass(1_000)
  const deploy = (app: string) => coordinator.rollouts.request({ app, releaseId: `${app}-2`, seed: 1 })
  return { simulation, fleet, coordinator, deploy }
}

describe('rollouts side by side', () => {
  it('of one app: the second goes on saying what it waits for, whatever becomes of the hosts', async (context) => {
    const policy = { maxUnavailable: 1, onFailure: 'pause' } as const
    const { simulation, coordinator, deploy } = await fleetOf(context, { size: 4, apps: ['hello'], policy })
    const [first, second] = [await deploy('hello'), await deploy('hello')]
    await simulation.pass(1_000)
    await coordinator.rollouts.pause(first.id, 'lunch')
    await simulation.pass(20_000)
    assert.equal((await coordinator.rollouts.get(second.id)).waitsFor, `behind rollout ${first.id}`)
    await coordinator.rollouts.resume(first.id)
    assert.ok(await simulation.until(() => simulation.isQuiet(), 600_000))
  })

  it('of two apps never take more of a pool together than one of them may', async () => {
    const property = fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 3, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      together,
    )
    await fc.assert(property, { numRuns: 15, interruptAfterTimeLimit: 20_000 })
  })

  async function together(seed: number, size: number, maxUnavailable: number) {
    const { simulation, fleet, deploy } = await fleetOf(undefined, {
      ...{ size, apps: ['hello', 'other'], policy: { maxUnavailable }, seed },
    })
    try {
      await Promise.all([deploy('hello'), deploy('other')])
      assert.ok(await simulation.until(() => simulation.isQuiet(), 600_000))
      const rollouts = await simulation.rollouts()
      assert.deepEqual(
        rollouts.map(({ phase }) => phase),
        ['done', 'done'],
      )
      const [first, second] = rollouts.map(({ id }) => fleet.activations.filter(({ rolloutId }) => rolloutId === id))
      assert.equal(first!.length, size)
      assert.equal(second!.length, size)
      assert.ok(first![0]!.atMs < second!.at(-1)!.atMs && second![0]!.atMs < first!.at(-1)!.atMs)
      const limit = rollouts[0]!.plan!.limits.web!
      for (const { served, outOfService } of fleet.activations)
        if (served) assert.ok(outOfService.web!.length < limit, `${outOfService.web} of ${limit}`)
    } finally {
      await simulation.close()
    }
  }

  it('are not held up by dead and slow hosts', async (context) => {
    const habits = (index: number) => ({
      ...reliable,
      fetchMs: index % 20 === 1 ? 1_000_000 : reliable.fetchMs,
      dies: index % 20 === 2 ? 1 : 0,
      failsBeforeSwap: index % 20 === 3 ? 1 : 0,
    })
    const policy = { maxUnavailable: '25%', failureBudget: 40, distributeDeadlineMs: 30_000 }
    const { simulation, fleet, deploy } = await fleetOf(context, { size: 200, apps: ['hello'], policy, habits })
    const { id } = await deploy('hello')
    const isLive = () =>
      [...fleet.hosts.values()].filter(({ apps }) => apps.get('hello')!.ready && apps.get('hello')!.live === 'hello-2')
        .length
    // 170 are well, in batches of 20 and more that take a second each.
    assert.ok(await simulation.until(() => isLive() === 170, 25_000), `${isLive()} of 170`)
    await simulation.until(() => simulation.isQuiet(), 200_000)
    const { phase, hosts } = (await simulation.log.load(id)).state
    assert.equal(phase, 'done')
    assert.equal(Object.values(hosts).filter(({ status }) => status.is === 'failed').length, 30)
  })

  it('leave what was tried again where it is, though the rollout before stopped', async (context) => {
    let isWell = false
    const habits = (index: number) => ({
      ...reliable,
      get failsAfterSwap() {
        return index === 3 && !isWell ? 1 : 0
      },
    })
    const policy = { order: 'list' as const, maxUnavailable: 2 }
    const { simulation, fleet, coordinator, deploy } = await fleetOf(context, {
      size: 6,
      apps: ['hello'],
      policy,
      habits,
    })
    const { id } = await deploy('hello')
    await simulation.until(() => simulation.isQuiet(), 60_000)
    assert.equal((await simulation.log.load(id)).state.phase, 'halted')
    const live = () => [...fleet.hosts.values()].map(({ apps }) => apps.get('hello')!.live)
    const before = live()
    assert.ok(before.includes('hello-1') && before.includes('hello-2'), before.join())
    isWell = true
    const retry = await coordinator.rollouts.retry(id, {})
    await simulation.pass(120_000)
    assert.equal((await simulation.log.load(retry.id)).state.phase, 'done')
    assert.deepEqual(live(), before)
    assert.ok(fleet.hosts.get('h3')!.serves('hello'))
  })
})
