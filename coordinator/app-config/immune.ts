import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { aggregates, comparisons } from '../../proto/http/immune.ts'

const strict = { additionalProperties: false } as const
export const builtInRules = ['logErrors', 'crashLoops'] as const

/** A rule as it stands in the file; coordinator/immune/rules.ts knows what holds for what is left out. */
export const ImmuneRule = Type.Object(
  {
    counter: Type.String({ minLength: 1, description: 'Name of a counter that the agents ship.' }),
    compare: Type.Optional(
      Type.Enum([...comparisons], {
        description:
          'With what the hosts that run the release are compared: `waiting` hosts of the same pool that do not run it yet, the same hosts `before` or at the same time `lastWeek`, or a `limit`. `waiting` when left out, or `limit` with `above` or `below`.',
      }),
    ),
    above: Type.Optional(Type.Number({ description: 'A limit: bad when it is above this on any one host.' })),
    below: Type.Optional(Type.Number({ description: 'A limit: bad when it is below this on any one host.' })),
    minimumCount: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Samples a host must have sent before a limit is judged; 1 when left out.',
      }),
    ),
    aggregate: Type.Optional(
      Type.Enum([...aggregates], {
        description: 'What becomes of the samples of a window; `rate` is their sum a second. `mean` when left out.',
      }),
    ),
    direction: Type.Optional(
      Type.Enum(['increase', 'decrease', 'either'], { description: 'Which change is bad; `increase` when left out.' }),
    ),
    tolerance: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,4}(\\.[0-9]+)?%$',
        description: 'Change that passes, as a share of what is compared with; "10%" when left out.',
      }),
    ),
    atLeast: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'A change below this passes, in the unit of the counter; 0 when left out.',
      }),
    ),
    weight: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1000, description: 'In the score; 1 when left out.' }),
    ),
    critical: Type.Optional(
      Type.Boolean({ description: 'Broken, it alone makes the score 0. Limits are when left out, others are not.' }),
    ),
    minimumHosts: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Fewer hosts that run the release are not judged; 1 when left out.' }),
    ),
    minimumWindows: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The same for values of these hosts, one in 10 s; 2 when left out.' }),
    ),
    noData: Type.Optional(
      Type.Enum(['pass', 'fail'], {
        description: 'Whether too little data at the end of a bake or a watch is bad; `pass` when left out.',
      }),
    ),
    missing: Type.Optional(
      Type.Enum(['zero', 'skip'], {
        description:
          'What a window without the counter is, where the agent was there: `zero` for sum, rate and count when left out, else `skip`.',
      }),
    ),
    outliers: Type.Optional(
      Type.Enum(['keep', 'remove'], {
        description: '`remove` leaves out values far beyond the middle half (three quartile distances).',
      }),
    ),
    onFailure: Type.Optional(
      Type.Enum(['halt', 'pause', 'rollback'], { description: 'Over rollout.onFailure, when this rule is broken.' }),
    ),
  },
  strict,
)
export type ImmuneRule = Static<typeof ImmuneRule>

/** The `immune` part of a rookery.yml. */
export const Immune = Type.Object(
  {
    bakeMs: Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 0,
      description: 'How long each batch is watched before the next one moves; counters arrive every 10 s.',
    }),
    watchMs: Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 300_000,
      description: 'How long the hosts are watched after the end of a rollout that is done.',
    }),
    pass: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 95,
      description: 'Score from which all is well: the weight of the rules that passed, in per cent.',
    }),
    marginal: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 75,
      description: 'Score from which the rollout pauses for an operator; below it, `onFailure` decides.',
    }),
    builtIn: Type.Array(Type.Enum([...builtInRules]), {
      default: [...builtInRules],
      description: 'Rules that need no counter of the app’s own; one that names the same counter replaces them.',
    }),
    rules: Type.Array(ImmuneRule, { default: [], maxItems: 100 }),
  },
  { ...strict, default: {} },
)
export type Immune = Static<typeof Immune>

/** As an older version stored it, with what it did not know yet. */
export function completeImmune(stored: unknown): Immune {
  return Value.Default(Immune, structuredClone(stored ?? {})) as Immune
}

/** What a schema cannot say; each fault with the path of the field below `immune`. */
export function immuneFaults({ rules, pass, marginal }: Immune): { path: (string | number)[]; message: string }[] {
  const faults = rules.flatMap((rule, index) =>
    ruleFaults(rule).map(([field, message]) => ({ path: ['rules', index, field], message })),
  )
  if (marginal > pass) return [...faults, { path: ['marginal'], message: `must not be above pass, which is ${pass}` }]
  return faults
}

const ofComparisons = ['direction', 'tolerance', 'atLeast', 'missing', 'outliers'] as const
const ofLimits = ['above', 'below', 'minimumCount'] as const

function ruleFaults(rule: ImmuneRule): [field: string, message: string][] {
  const hasLimit = rule.above !== undefined || rule.below !== undefined
  const given = (fields: readonly (keyof ImmuneRule)[]) => fields.filter((field) => rule[field] !== undefined)
  if (rule.compare === 'limit' && !hasLimit) return [['compare', 'limit needs above or below']]
  if (rule.compare !== undefined && rule.compare !== 'limit')
    return given(ofLimits).map((field) => [field, `is for compare: limit, not for ${rule.compare}`])
  if (hasLimit) return given(ofComparisons).map((field) => [field, 'says nothing beside a limit'])
  return given(['minimumCount']).map((field) => [field, 'is for limits; minimumWindows is for comparisons'])
}
