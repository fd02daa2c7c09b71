import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { type OrderName, orderNames } from '../proto/rollout-order.ts'

export { type OrderName, orderNames }

const strict = { additionalProperties: false } as const
const Milliseconds = (defaultMs: number, minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: 30 * 86_400_000, default: defaultMs, description })

/** Hosts as a count, or as a share of a pool, a zone or all such as `"25%"`. */
export const CountOrShare = Type.Union(
  [Type.Integer({ minimum: 1 }), Type.String({ pattern: '^([1-9][0-9]?|100)%$' })],
  {
    description: 'A count of hosts, or a share of them such as "25%"',
  },
)
export type CountOrShare = number | string

/** The `rollout` part of a rookery.yml: how a release moves through the fleet. */
export const RolloutPolicy = Type.Object(
  {
    order: Type.Enum([...orderNames], {
      default: 'spread',
      description:
        'Who moves when: `spread` spreads every pool evenly over the whole, `rollingpin` takes one host of each pool first and interleaves the rest, `zone` ends one zone before the next, `list` keeps the order of the request or of the names.',
    }),
    canary: Type.Optional(
      Type.Object(
        {
          hosts: Type.Union([...CountOrShare.anyOf], {
            description: 'Hosts of each pool that move first: a count or a share.',
          }),
          bakeMs: Milliseconds(0, 0, 'How long they are watched before others move.'),
        },
        strict,
      ),
    ),
    steps: Type.Array(Type.String({ pattern: '^([1-9][0-9]?|100)%$' }), {
      default: ['100%'],
      minItems: 1,
      maxItems: 100,
      description:
        'Growing shares of all hosts, e.g. ["1%", "10%", "25%", "100%"]; a step ends before the next begins.',
    }),
    promote: Type.Enum(['auto', 'manual'], {
      default: 'auto',
      description:
        '`manual`: after the canary and after each step but the last, the rollout waits for `rollout promote`.',
    }),
    maxParallel: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Most hosts of all pools together that are activated at once.' }),
    ),
    maxUnavailable: Type.Union([...CountOrShare.anyOf], {
      default: 1,
      description:
        'Most hosts of a pool that may be out of service at once, those that are not ready anyway included: a count, or a share such as "25%", rounded down, but never less than one.',
    }),
    pools: Type.Record(Type.String(), Type.Object({ maxUnavailable: Type.Optional(CountOrShare) }, strict), {
      default: {},
      description: 'The same, for single pools.',
    }),
    failureBudget: Type.Integer({
      minimum: 0,
      default: 0,
      description: 'Hosts that may fail in all. A failed host within the budget is tried again, then left out.',
    }),
    failureBudgetPerPool: Type.Optional(
      Type.Union([...CountOrShare.anyOf], { description: 'Hosts of any one pool that may fail, within those in all.' }),
    ),
    failureBudgetPerZone: Type.Optional(
      Type.Union([...CountOrShare.anyOf], { description: 'Hosts of any one zone that may fail, within those in all.' }),
    ),
    retries: Type.Integer({
      minimum: 0,
      maximum: 10,
      default: 1,
      description: 'How often a host that failed within the budget is tried again before it is left out.',
    }),
    onFailure: Type.Enum(['halt', 'pause', 'rollback'], {
      default: 'halt',
      description:
        'When the budget is exceeded: `halt` ends the rollout and leaves hosts as they are, `pause` waits for an operator, `rollback` takes every moved host back to what ran before.',
    }),
    distributeDeadlineMs: Milliseconds(
      1_800_000,
      1_000,
      'A host that has not fetched the artifact after this time has failed.',
    ),
    progressDeadlineMs: Milliseconds(
      600_000,
      1_000,
      'With no host becoming ready for this time, pauses and baking not counted, the rollout has failed as with an exceeded budget.',
    ),
  },
  { ...strict, default: {} },
)
export type RolloutPolicy = Static<typeof RolloutPolicy>

/** A policy as an older version stored it, with what it did not know yet. */
export function completePolicy(stored: unknown): RolloutPolicy {
  return Value.Default(RolloutPolicy, structuredClone(stored)) as RolloutPolicy
}

/** A count is itself; a share of `size` is rounded down. */
export function countOf(value: CountOrShare, size: number): number {
  return typeof value === 'number' ? value : Math.floor((Number.parseFloat(value) * size) / 100)
}

/**
 * Hosts of a pool of `size` that may be out of service at once: one at least, so that every pool can move, and never
 * all of a pool that has more than one.
 */
export function unavailableLimit(maxUnavailable: CountOrShare, size: number): number {
  return Math.max(1, Math.min(countOf(maxUnavailable, size), size - 1))
}
