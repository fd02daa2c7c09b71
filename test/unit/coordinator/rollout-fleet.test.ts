import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isSettled, type RolloutState } from '../../../coordinator/rollout/state.ts'
import { type Outcome, play, type Scenario, scenario } from '../../support/rollout-scenario.ts'

describe('rollouts over a random fleet', () => {
  it('keep every promise, whatever happens to small fleets', async () => {
    await fc.assert(fc.asyncProperty(scenario(24), holdsPromises), { numRuns: 120, interruptAfterTimeLimit: 20_000 })
  })

  it('keep every promise with hundreds of hosts', async () => {
    await fc.assert(fc.asyncProperty(scenario(300), holdsPromises), { numRuns: 12, interruptAfterTimeLimit: 20_000 })
  })

  it('move the same hosts at the same time for the same seed', async () => {
    const property = fc.asyncProperty(scenario(40), async (chosen) => {
      const [first, second] = [await play(chosen), await play(chosen)]
      assert.deepEqual(first.simulation.fleet.activations, second.simulation.fleet.activations)
      await Promise.all([first.simulation.close(), second.simulation.close()])
    })
    await fc.assert(property, { numRuns: 8, interruptAfterTimeLimit: 20_000 })
  })
})

async function holdsPromises(chosen: Scenario): Promise<void> {
  const outcome = await play(chosen)
  try {
    for (const rollout of outcome.rollouts) assert.ok(isSettled(rollout), `${rollout.id} is ${rollout.phase}`)
    keepsFloors(outcome)
    for (const rollout of outcome.rollouts) endsKnown(rollout)
    namesWhatBroke(outcome)
    bringsToDesired(outcome)
    activatesOnce(outcome)
  } finally {
    await outcome.simulation.close()
  }
}

/** No host that served was taken out of a pool that lacked as many as it may. */
function keepsFloors({ simulation, rollouts }: Outcome): void {
  for (const { rolloutId, host, attemptId, served, outOfService } of simulation.fleet.activations) {
    if (!served) continue
    const { limits } = rollouts.find(({ id }) => id === rolloutId)!.plan!
    for (const [pool, others] of Object.entries(outOfService))
      assert.ok(others.length < (limits[pool] ?? 1), `${attemptId}: ${host} was taken while ${pool} lacked ${others}`)
  }
}

function endsKnown({ id, phase, hosts }: RolloutState): void {
  const known = ['ready', 'unchanged', 'failed', 'skipped', 'left', ...(phase === 'done' ? [] : ['cancelled'])]
  for (const { host, status } of Object.values(hosts))
    assert.ok(known.includes(status.is), `${id}: ${host} is ${status.is}`)
}

/** What an activation left out of service has failed in its rollout, or was stopped by an operator. */
function namesWhatBroke({ simulation, rollouts }: Outcome): void {
  for (const host of simulation.fleet.hosts.values()) {
    if (!host.isUp || host.app('hello').out?.cause !== 'ours') continue
    const { rolloutId } = [...host.attempts.values()].findLast(({ hasSwapped }) => hasSwapped)!
    const { phase, hosts } = rollouts.find(({ id }) => id === rolloutId)!
    const { is } = hosts[host.name]!.status
    const isNamed = is === 'failed' || is === 'left' || (is === 'cancelled' && phase === 'aborted')
    assert.ok(isNamed, `${host.name} is broken since ${rolloutId}, where it is ${is}`)
  }
}

/** After a rollout that ended well, its hosts run what their pools should, or are named. */
function bringsToDesired({ simulation, rollouts }: Outcome): void {
  const last = rollouts.findLast(({ kind }) => kind === 'deploy' || kind === 'rollback')!
  if (last.phase !== 'done') return
  for (const { name, pools, isUp, apps } of simulation.fleet.hosts.values()) {
    if (!isUp || apps.get('hello')?.live === last.releaseId) continue
    // What its first pool runs counts; a pool that was empty runs what it ran.
    if (simulation.coordinator.desired.ofPool('hello', pools[0]!) !== last.releaseId) continue
    const latest = rollouts.findLast(({ hosts, hostNames }) => hosts[name] !== undefined || hostNames.includes(name))
    const named = latest?.hosts[name]?.status.is
    // One that was to catch up waits when its pool has no capacity, or another rollout came in between.
    const isWaiting = latest?.kind === 'converge' && latest.phase !== 'done' && (named ?? 'cancelled') === 'cancelled'
    assert.ok(
      named === 'failed' || named === 'left' || isWaiting,
      `${name} runs ${apps.get('hello')?.live} and is ${named}`,
    )
  }
}

/** What a rollout has activated it does not activate once more. */
function activatesOnce({ simulation, rollouts }: Outcome): void {
  for (const { name, attempts } of simulation.fleet.hosts.values())
    for (const { id } of rollouts) {
      const tries = [...attempts.values()].filter(({ rolloutId, kind }) => rolloutId === id && kind === 'activate')
      const first = tries.findIndex(({ final }) => final?.errorCode === '')
      const again = first < 0 ? [] : tries.slice(first + 1).filter(({ hasSwapped }) => hasSwapped)
      assert.deepEqual(again, [], `${name} was activated twice`)
    }
}
