import { completeImmune, type ImmuneRule } from '../../coordinator/app-config/immune.ts'
import { ImmuneSystem } from '../../coordinator/immune/immune-system.ts'
import { requested } from '../../coordinator/rollout/reducer.ts'
import type { HostProgress, RolloutState } from '../../coordinator/rollout/state.ts'
import { type Random, seededRandom } from '../../runtime/random.ts'
import { requestedEvent } from '../../test/support/rollout-fixture.ts'
import { GeneratedCounters, type Shape, windowMs } from './data.ts'

export interface Trial {
  readonly shape: Shape
  readonly compare: 'waiting' | 'before'
  /** Hosts that run the release. */
  readonly canary: number
  /** Hosts that wait. */
  readonly waiting: number
  /** 0.5 for half as much again. */
  readonly regression: number
  readonly bakeMs: number
  /** As it stands in a rookery.yml; the default without it. */
  readonly tolerance?: string
}

const beforeMs = 900_000
const dayMs = 86_400_000

/** After how many ms of the bake the verdict was bad; null when it never was. Everything follows from the seed. */
export async function runTrial(trial: Trial, seed: number): Promise<number | null> {
  const random = seededRandom(seed)
  const readyAtMs = 7 * dayMs + windowMs * random.below(dayMs / windowMs)
  const names = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind}-${index}`)
  const [canaries, waiting] = [names('canary', trial.canary), names('waiting', trial.waiting)]
  const counters = new GeneratedCounters(
    {
      ...{ shape: trial.shape, hosts: [...canaries, ...waiting] },
      ...{ fromMs: readyAtMs - beforeMs, toMs: readyAtMs + trial.bakeMs },
      regression: { hosts: new Set(canaries), factor: 1 + trial.regression, fromMs: readyAtMs },
    },
    random,
  )
  const none = async () => []
  const immune = new ImmuneSystem({ counters, clockAheadMs: () => 0, others: none, linesOf: none })
  const state = stateOf(canaries, waiting, readyAtMs)
  const policy = completeImmune({ builtIn: [], rules: [ruleOf(trial)] })
  for (let afterMs = windowMs; afterMs <= trial.bakeMs; afterMs += windowMs) {
    counters.nowMs = readyAtMs + afterMs
    const isLast = afterMs >= trial.bakeMs
    const look = { moment: 'bake', isLast, atMs: counters.nowMs, onFailure: 'rollback' } as const
    const verdict = await immune.judge(state, policy, look)
    if (verdict && verdict.action !== 'goOn') return afterMs
  }
  return null
}

function ruleOf({ shape, compare, tolerance }: Trial): ImmuneRule {
  return { counter: 'metric', compare, aggregate: shape === 'sparse' ? 'rate' : 'mean', critical: true, tolerance }
}

function stateOf(canaries: readonly string[], waiting: readonly string[], readyAtMs: number): RolloutState {
  const base = { pools: ['web'], zone: null, batch: 0, why: '', retries: 0, broken: null }
  const untold = { totals: null, timing: null, fetchMs: null, activateMs: null }
  const ready = { status: { is: 'ready' }, moved: { fromMs: readyAtMs, readyAtMs } } as const
  const fetched = { status: { is: 'fetched' }, moved: null } as const
  const hosts: HostProgress[] = [
    ...canaries.map((host) => ({ ...base, ...untold, host, ...ready })),
    ...waiting.map((host) => ({ ...base, ...untold, host, ...fetched })),
  ]
  return { ...requested(requestedEvent()), hosts: Object.fromEntries(hosts.map((host) => [host.host, host])) }
}

/** A seed for each trial, so that one can be repeated alone. */
export function seedsOf(first: number, count: number): number[] {
  const random: Random = seededRandom(first)
  return Array.from({ length: count }, () => random.below(2 ** 31))
}
