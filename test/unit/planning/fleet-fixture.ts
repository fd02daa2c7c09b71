import fc from 'fast-check'
import type { FleetHost } from '../../../planning/plan.ts'
import { completePolicy, type RolloutPolicy } from '../../../planning/policy.ts'

export function host(name: string, pools: string | string[], overrides: Partial<FleetHost> = {}): FleetHost {
  const places = { zone: null, liveReleaseId: 'old', ready: true, excluded: null }
  return { name, pools: typeof pools === 'string' ? [pools] : pools, ...places, ...overrides }
}

/** `fleet({ a: 2, b: 1 })` is a1, a2, b1. */
export function fleet(sizes: Readonly<Record<string, number>>): FleetHost[] {
  return Object.entries(sizes).flatMap(([pool, size]) =>
    Array.from({ length: size }, (_, index) => host(`${pool}${index + 1}`, pool)),
  )
}

export function policy(overrides: Partial<RolloutPolicy> = {}): RolloutPolicy {
  return { ...completePolicy({}), ...overrides }
}

/** Pools of any sizes, many small ones or few large ones, in any order of the hosts. */
export const anyFleet: fc.Arbitrary<FleetHost[]> = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((sizes) => fleet(Object.fromEntries(sizes.map((size, index) => [`p${index}-`, size]))))
  .chain((hosts) => fc.shuffledSubarray(hosts, { minLength: hosts.length }))

const pools = ['api', 'web', 'jobs', 'cache']
const share = fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`)
const countOrShare = fc.oneof(fc.integer({ min: 1, max: 6 }), share)

/** Hosts of one or several pools and zones, of which some are excluded and some run `new` already. */
export const anyMixedFleet: fc.Arbitrary<FleetHost[]> = fc
  .array(
    fc.record({
      pools: fc.shuffledSubarray(pools, { minLength: 1 }),
      zone: fc.constantFrom(null, 'a', 'b', 'c'),
      liveReleaseId: fc.constantFrom(null, 'old', 'new'),
      ready: fc.boolean(),
      excluded: fc.option(fc.constantFrom('is drained', 'has no connected agent'), { freq: 5 }),
    }),
    { maxLength: 60 },
  )
  .map((hosts) => hosts.map((fields, index) => ({ name: `h${index}`, ...fields })))

export const anyPolicy: fc.Arbitrary<RolloutPolicy> = fc
  .record(
    {
      order: fc.constantFrom('spread' as const, 'rollingpin' as const, 'zone' as const, 'list' as const),
      canary: fc.record({ hosts: countOrShare, bakeMs: fc.nat(1000) }),
      steps: fc.array(share, { minLength: 1, maxLength: 5 }),
      promote: fc.constantFrom('auto' as const, 'manual' as const),
      maxParallel: fc.integer({ min: 1, max: 8 }),
      maxUnavailable: countOrShare,
      pools: fc.dictionary(fc.constantFrom(...pools), fc.record({ maxUnavailable: countOrShare })),
    },
    { requiredKeys: ['order'] },
  )
  .map((overrides) => policy(overrides))
