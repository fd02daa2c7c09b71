import fc from 'fast-check'
import type { RolloutState } from '../../coordinator/rollout/state.ts'
import type { RolloutPolicy } from '../../planning/policy.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { RolloutSimulation } from './rollout-simulation.ts'
import { putRelease } from './simulated-coordinator.ts'
import type { HostHabits, SimulatedHost } from './simulated-host.ts'

const pools = ['web', 'api', 'jobs']
const zones = ['a', 'b', null]

interface Place {
  readonly pools: readonly string[]
  readonly zone: string | null
}

type Happening =
  | {
      readonly is: 'goDown' | 'comeBack' | 'leave' | 'disconnect' | 'losesReadiness' | 'regainsReadiness'
      readonly host: number
    }
  | { readonly is: 'join'; readonly place: Place }
  | { readonly is: 'restart'; readonly downMs: number }
  | { readonly is: 'pause' | 'resume' | 'promote' | 'abort' | 'rollBack' | 'retry' }

export interface Scenario {
  readonly seed: number
  readonly places: readonly Place[]
  readonly policy: Partial<RolloutPolicy>
  readonly habits: HostHabits
  /** What happens, each some ms after the one before. */
  readonly happens: readonly { readonly afterMs: number; readonly what: Happening }[]
}

const place: fc.Arbitrary<Place> = fc.record({
  pools: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pools).map((pool) => [pool]) },
    { weight: 1, arbitrary: fc.shuffledSubarray(pools, { minLength: 2, maxLength: 2 }) },
  ),
  zone: fc.constantFrom(...zones),
})
const share = fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`)
const countOrShare = fc.oneof(fc.integer({ min: 1, max: 5 }), share)
const policy: fc.Arbitrary<Partial<RolloutPolicy>> = fc.record(
  {
    order: fc.constantFrom('spread' as const, 'rollingpin' as const, 'zone' as const, 'list' as const),
    canary: fc.record({ hosts: countOrShare, bakeMs: fc.nat(1_000) }),
    steps: fc.array(share, { minLength: 1, maxLength: 3 }),
    promote: fc.constantFrom('auto' as const, 'manual' as const),
    maxParallel: fc.integer({ min: 1, max: 20 }),
    maxUnavailable: countOrShare,
    pools: fc.dictionary(fc.constantFrom(...pools), fc.record({ maxUnavailable: countOrShare })),
    failureBudget: fc.nat(8),
    failureBudgetPerPool: countOrShare,
    failureBudgetPerZone: countOrShare,
    retries: fc.nat(2),
    onFailure: fc.constantFrom('halt' as const, 'pause' as const, 'rollback' as const),
    distributeDeadlineMs: fc.integer({ min: 2_000, max: 20_000 }),
    progressDeadlineMs: fc.integer({ min: 5_000, max: 60_000 }),
  },
  { requiredKeys: ['maxUnavailable', 'failureBudget', 'retries', 'distributeDeadlineMs', 'progressDeadlineMs'] },
)
/** Mostly none. */
const chance = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 0.15, noNaN: true }) },
)
const habits: fc.Arbitrary<HostHabits> = fc.record({
  ...{ fetchMs: fc.integer({ min: 100, max: 1_000 }), activateMs: fc.integer({ min: 100, max: 1_000 }) },
  ...{ fetchFails: chance, failsBeforeSwap: chance, failsAfterSwap: chance, hangs: chance, dies: chance },
})
const host = fc.nat(1_000)
const what: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constantFrom('goDown' as const, 'comeBack', 'leave', 'disconnect', 'losesReadiness', 'regainsReadiness'),
      host,
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('join' as const), place }) },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constant('restart' as const), downMs: fc.integer({ min: 50, max: 6_000 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constantFrom('pause' as const, 'resume', 'promote', 'abort', 'rollBack', 'retry') }),
  },
)
const happens = fc.array(fc.record({ afterMs: fc.nat(2_500), what }), { maxLength: 25 })
/** A deploy to a fleet of one host or many, and all that may happen meanwhile. */
export const scenario = (mostHosts: number): fc.Arbitrary<Scenario> =>
  fc.record({
    ...{ seed: fc.nat(1_000_000), policy, habits, happens },
    places: fc.array(place, { minLength: 1, maxLength: mostHosts, size: 'max' }),
  })

/** What is left when all is over. */
export interface Outcome {
  readonly simulation: RolloutSimulation
  /** Every rollout, oldest first. */
  readonly rollouts: readonly RolloutState[]
}

/** Plays a scenario to its end: what is paused is let go on, and what does not end by itself is aborted. */
export async function play({ seed, places, policy, habits, happens }: Scenario): Promise<Outcome> {
  const simulation = await RolloutSimulation.start(seed)
  const { fleet, coordinator } = simulation
  places.forEach((place, index) => {
    fleet.add({ name: `h${index}`, ...place }, { hello: 'r1' }, habits)
  })
  await putRelease(coordinator, { app: 'hello', releaseId: 'r1', policy })
  await putRelease(coordinator, { app: 'hello', releaseId: 'r2', policy })
  await coordinator.desired.setPools({ app: 'hello', releaseId: 'r1', rolloutId: 'before' }, pools, [])
  await simulation.pass(1_000)
  await coordinator.rollouts.request({ app: 'hello', releaseId: 'r2', seed })
  for (const { afterMs, what } of happens) {
    await simulation.pass(afterMs)
    await happen(simulation, what, habits)
  }
  await bringToEnd(simulation)
  return { simulation, rollouts: await simulation.rollouts() }
}

async function happen(simulation: RolloutSimulation, what: Happening, habits: HostHabits): Promise<void> {
  const { fleet } = simulation
  if (what.is === 'join') return void fleet.add({ name: `h${fleet.hosts.size}`, ...what.place }, {}, habits)
  if (what.is === 'restart') {
    simulation.coordinator.life.die()
    await simulation.pass(what.downMs)
    return simulation.startCoordinator()
  }
  if ('host' in what) return befall(simulation, what.is, [...fleet.hosts.values()][what.host % fleet.hosts.size]!)
  const last = (await simulation.rollouts()).findLast(({ kind }) => kind !== 'converge')!
  await operate(simulation, what.is, last.id)
}

function befall(
  { fleet }: RolloutSimulation,
  what: Extract<Happening, { host: number }>['is'],
  host: SimulatedHost,
): void {
  if (fleet.left.has(host.name)) return
  if (what === 'goDown') host.goDown()
  else if (what === 'comeBack') fleet.comeBack(host)
  else if (what === 'leave') fleet.leave(host)
  else if (what === 'disconnect') fleet.disconnect(host)
  else host.setReady('hello', what === 'regainsReadiness')
}

/** What the rollout is not ready for is refused. */
async function operate(
  { coordinator: { rollouts } }: RolloutSimulation,
  what: 'pause' | 'resume' | 'promote' | 'abort' | 'rollBack' | 'retry',
  id: string,
): Promise<void> {
  try {
    await rollouts[what](id, 'simulated')
  } catch (error) {
    if (!(error instanceof RookeryError && error.code === 'CONFLICT')) throw error
  }
}

async function bringToEnd(simulation: RolloutSimulation): Promise<void> {
  for (let tries = 0; tries < 12; tries++) {
    // Hosts that lag behind may be looked for after that, and be moved.
    if ((await simulation.until(() => simulation.isQuiet(), 150_000)) && (await isStill(simulation))) return
    for (const { id, phase, awaitsPromote } of await simulation.rollouts())
      if (phase === 'paused') await operate(simulation, tries > 8 ? 'abort' : awaitsPromote ? 'promote' : 'resume', id)
  }
  for (const { id } of await simulation.rollouts()) await operate(simulation, 'abort', id)
  await simulation.until(() => simulation.isQuiet(), 150_000)
}

async function isStill(simulation: RolloutSimulation): Promise<boolean> {
  await simulation.pass(20_000)
  return simulation.isQuiet()
}
