import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Immune } from '../../../coordinator/app-config/immune.ts'
import type { RolloutPolicy } from '../../../planning/policy.ts'
import type { ApiEvent } from '../../../proto/http/api.ts'
import { RolloutSimulation } from '../../support/rollout-simulation.ts'
import { putRelease } from '../../support/simulated-coordinator.ts'
import { reliable } from '../../support/simulated-host.ts'

const hosts = ['h0', 'h1', 'h2']
const watchMs = 60_000
const immune = { watchMs, builtIn: [], rules: [{ counter: 'errors', above: 5 }] }

/** r2 is asked for; every host runs r1. */
async function deployed(policy: Partial<RolloutPolicy>, rules: Partial<Immune> = immune) {
  const simulation = await RolloutSimulation.start(3)
  const { fleet, coordinator } = simulation
  for (const name of hosts) fleet.add({ name, pools: ['web'], zone: null }, { hello: 'r1' }, reliable)
  for (const releaseId of ['r1', 'r2', 'r3'])
    await putRelease(coordinator, {
      app: 'hello',
      releaseId,
      policy,
      immune: releaseId === 'r2' ? rules : { watchMs: 0 },
    })
  await coordinator.desired.setPools({ app: 'hello', releaseId: 'r1', rolloutId: 'before' }, ['web'], [])
  await simulation.pass(1_000)
  const events: ApiEvent[] = []
  coordinator.hub.subscribe((event) => events.push(event))
  const { id } = await coordinator.rollouts.request({ app: 'hello', releaseId: 'r2', seed: 1 })
  const live = () => [...fleet.hosts.values()].map((host) => host.app('hello').live)
  return { simulation, events, id, live, rollouts: () => simulation.rollouts() }
}

/** r2 is done, and its hosts are watched. */
async function watched(onFailure: RolloutPolicy['onFailure'] = 'rollback') {
  const bench = await deployed({ maxUnavailable: 2, onFailure })
  assert.ok(await bench.simulation.until(() => bench.simulation.isQuiet(), 60_000))
  return bench
}

function tellErrors({ fleet, clock }: RolloutSimulation, sum: number): void {
  for (const host of hosts) fleet.counters.tell(clock.now(), { counter: 'errors', host, sums: [sum, sum] })
}

describe('the watch after the end of a rollout', () => {
  it('ends by itself when all is well, and says so', async () => {
    const { simulation, rollouts } = await watched()
    const [before] = await rollouts()
    assert.equal(before!.watchUntilMs, before!.endedAtMs! + watchMs)
    tellErrors(simulation, 1)
    await simulation.pass(watchMs + 10_000)
    const [after, ...others] = await rollouts()
    assert.deepEqual([after!.phase, after!.watchUntilMs, after!.reason, others.length], ['done', null, null, 0])
    assert.deepEqual(
      after!.verdicts.map(({ moment, class: is, action, score }) => ({ moment, is, action, score })),
      [{ moment: 'watch', is: 'pass', action: 'goOn', score: 100 }],
    )
    await simulation.close()
  })

  it('takes back what turns bad, once, with the reason', async () => {
    const { simulation, rollouts, live, events, id } = await watched()
    tellErrors(simulation, 9)
    await simulation.pass(40_000)
    const [done, back, ...others] = await rollouts()
    assert.deepEqual([done!.phase, done!.rollsBack, others.length], ['done', true, 0])
    assert.match(done!.reason!, /^turned bad after its end: counter errors on h\d has a mean of 9 .*; goes back$/)
    assert.deepEqual([back!.id, back!.kind, back!.phase, back!.releaseId], [`${id}-back`, 'rollback', 'done', 'r1'])
    assert.match(back!.why!, /^automatic: turned bad after its end: /)
    assert.deepEqual(live(), ['r1', 'r1', 'r1'])
    const told = events.filter(
      ({ rolloutId, type }) => rolloutId === id && (type === 'alert' || type === 'rollout.verdict'),
    )
    assert.deepEqual(told.map(({ type }) => type).sort(), ['alert', 'rollout.verdict'])
    assert.equal(back!.watchUntilMs, null, 'a rollback is not watched')
    await simulation.close()
  })

  it('goes on when the coordinator was killed meanwhile, whenever that was', async () => {
    for (const killedAfterMs of [0, 21_000, 100_000]) {
      const { simulation, rollouts, live } = await watched()
      simulation.coordinator.life.die()
      tellErrors(simulation, 9)
      await simulation.pass(killedAfterMs)
      await simulation.startCoordinator()
      await simulation.pass(60_000)
      const all = await rollouts()
      assert.deepEqual(
        all.map(({ kind, phase }) => [kind, phase]),
        [
          ['deploy', 'done'],
          ['rollback', 'done'],
        ],
      )
      assert.deepEqual(live(), ['r1', 'r1', 'r1'])
      await simulation.close()
    }
  })

  it('makes the rollback that was decided and not begun when the coordinator was killed', async () => {
    const { simulation, rollouts, live } = await watched()
    simulation.coordinator.life.die()
    tellErrors(simulation, 9)
    await simulation.pass(20_000)
    // The one event it stores is the verdict.
    await simulation.startCoordinator(1)
    assert.ok(await simulation.until(() => simulation.coordinator.life.isDead, 60_000))
    assert.equal((await rollouts()).length, 1)
    await simulation.startCoordinator()
    await simulation.pass(60_000)
    assert.equal((await rollouts()).length, 2)
    assert.deepEqual(live(), ['r1', 'r1', 'r1'])
    await simulation.close()
  })

  it('only tells where the policy does not roll back', async () => {
    const { simulation, rollouts, live, events } = await watched('halt')
    tellErrors(simulation, 9)
    await simulation.pass(40_000)
    const [done, ...others] = await rollouts()
    assert.deepEqual([done!.phase, done!.rollsBack, done!.watchUntilMs, others.length], ['done', false, null, 0])
    assert.match(done!.reason!, /^turned bad after its end/)
    assert.deepEqual(live(), ['r2', 'r2', 'r2'])
    assert.ok(events.some(({ type }) => type === 'alert'))
    await simulation.close()
  })

  it('ends without a verdict when another rollout of the app begins', async () => {
    const { simulation, rollouts, live } = await watched()
    await simulation.coordinator.rollouts.request({ app: 'hello', releaseId: 'r3', seed: 1 })
    await simulation.pass(200)
    tellErrors(simulation, 9)
    await simulation.pass(60_000)
    const [first, second, ...others] = await rollouts()
    assert.deepEqual([first!.watchUntilMs, first!.verdicts, second!.phase, others.length], [null, [], 'done', 0])
    assert.deepEqual(live(), ['r3', 'r3', 'r3'])
    await simulation.close()
  })
})

describe('a canary that bakes', () => {
  const bakeMs = 600_000
  const canary = { canary: { hosts: 1, bakeMs }, maxUnavailable: 2 }
  const isBaking = (simulation: RolloutSimulation) =>
    [...simulation.fleet.hosts.values()].some((host) => host.app('hello').live === 'r2' && host.app('hello').ready)

  it('is not watched to the end once it turned bad', async () => {
    const { simulation, rollouts, live } = await deployed({ ...canary, onFailure: 'rollback' })
    await simulation.until(() => isBaking(simulation), 60_000)
    await simulation.pass(5_000)
    tellErrors(simulation, 9)
    await simulation.pass(60_000)
    const [halted, back] = await rollouts()
    assert.deepEqual([halted!.phase, halted!.rollsBack, back!.phase], ['halted', true, 'done'])
    assert.ok(halted!.endedAtMs! - halted!.createdAtMs < bakeMs / 10)
    assert.match(
      halted!.reason!,
      /^counter errors on h\d has a mean of 9 over 1 sample, above the limit of 5; goes back$/,
    )
    assert.deepEqual([halted!.verdicts.length, halted!.verdicts[0]!.moment, live()], [1, 'bake', ['r1', 'r1', 'r1']])
    await simulation.close()
  })

  it('pauses the rollout where the rule says so, whatever the policy does with failures', async () => {
    const rules = [{ counter: 'errors', above: 5, onFailure: 'pause' as const }]
    const { simulation, rollouts, id } = await deployed({ ...canary, onFailure: 'rollback' }, { ...immune, rules })
    await simulation.until(() => isBaking(simulation), 60_000)
    await simulation.pass(5_000)
    tellErrors(simulation, 9)
    await simulation.pass(60_000)
    const [paused, ...others] = await rollouts()
    assert.deepEqual([paused!.phase, others.length], ['paused', 0])
    // An operator who has looked lets it go on.
    await simulation.coordinator.rollouts.resume(id)
    await simulation.pass(10_000)
    assert.equal((await rollouts())[0]!.phase, 'done')
    await simulation.close()
  })
})
