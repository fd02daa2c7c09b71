import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutState } from '../../../coordinator/rollout/state.ts'
import type { RolloutPolicy } from '../../../planning/policy.ts'
import { RolloutSimulation } from '../../support/rollout-simulation.ts'
import { putRelease } from '../../support/simulated-coordinator.ts'
import { reliable } from '../../support/simulated-host.ts'

const pools = [['web'], ['web'], ['web', 'api'], ['api'], ['api'], ['jobs']]

const policy: Partial<RolloutPolicy> = {
  ...{
    canary: { hosts: 1, bakeMs: 300 },
    steps: ['70%'],
    maxUnavailable: 1,
    pools: { api: { maxUnavailable: 2 } },
    failureBudget: 3,
    retries: 1,
  },
}

interface Life {
  /** Rollout events that the first coordinator stores. */
  readonly killAfter?: number
  /** It is killed only when what it does about the last of them is done, too. */
  readonly lingersMs?: number
}

/** A deploy of r2 to a small fleet of which one host fails for good; the coordinator may be killed on the way. */
async function deploy({ killAfter, lingersMs = 0 }: Life) {
  const simulation = await RolloutSimulation.start(7, lingersMs === 0 ? killAfter : undefined)
  const { fleet } = simulation
  pools.forEach((pools, index) => {
    const habits = index === 3 ? { ...reliable, failsAfterSwap: 1 } : reliable
    fleet.add({ name: `h${index}`, pools, zone: null }, { hello: 'r1' }, habits)
  })
  const { coordinator } = simulation
  await putRelease(coordinator, { app: 'hello', releaseId: 'r1' })
  await putRelease(coordinator, { app: 'hello', releaseId: 'r2', policy })
  await coordinator.desired.setPools({ app: 'hello', releaseId: 'r1', rolloutId: 'before' }, ['web', 'api', 'jobs'], [])
  await simulation.pass(1_000)
  await coordinator.rollouts.request({ app: 'hello', releaseId: 'r2', seed: 1 }).catch((error) => {
    if (!coordinator.life.isDead) throw error
  })
  const isKilled = () => coordinator.life.isDead || (lingersMs > 0 && coordinator.life.stored >= killAfter!)
  await simulation.until(() => isKilled() || simulation.isQuiet(), 300_000)
  if (isKilled()) {
    await simulation.pass(lingersMs)
    if (!coordinator.life.isDead) coordinator.life.die()
    await simulation.pass(2_000)
    await simulation.startCoordinator()
    await simulation.until(() => simulation.isQuiet(), 300_000)
  }
  const [state] = await simulation.rollouts()
  const { stored } = coordinator.life
  const attempts = [...fleet.hosts.values()].flatMap((host) => [...host.attempts.values()])
  const live = [...fleet.hosts.values()].map((host) => ({ ...host.app('hello'), out: null }))
  const { activations } = fleet
  await simulation.close()
  return { state, stored, attempts, live, activations }
}

function endOf(state: RolloutState | undefined) {
  const hosts = Object.values(state?.hosts ?? {}).map(({ host, status, retries }) => [host, status.is, retries])
  return { phase: state?.phase, hosts }
}

describe('a coordinator that is killed', () => {
  for (const lingersMs of [0, 25, 700]) {
    it(`goes on after any event, ${lingersMs} ms after it was stored`, async () => {
      const whole = await deploy({})
      assert.equal(whole.state?.phase, 'done')
      const ends = endOf(whole.state)
      for (let killAfter = 1; killAfter <= whole.stored; killAfter++) {
        const { state, attempts, live, activations } = await deploy({ killAfter, lingersMs })
        const when = `killed after event ${killAfter} of ${whole.stored}`
        assert.deepEqual(endOf(state), ends, when)
        assert.deepEqual(live, whole.live, when)
        // The one that fails is tried twice, the others once.
        const tries = attempts.filter(({ kind, hasSwapped }) => kind === 'activate' && hasSwapped).length
        assert.equal(tries, pools.length + 1, when)
        for (const { served, outOfService } of activations)
          if (served)
            for (const [pool, others] of Object.entries(outOfService))
              assert.ok(others.length < state!.plan!.limits[pool]!, `${when}: ${pool} lacks ${others}`)
      }
    })
  }
})
