import type { MetricVerdict, Verdict, VerdictAction } from '../../proto/http/immune.ts'
import type { Immune } from '../app-config/immune.ts'
import type { RolloutState } from '../rollout/state.ts'
import { isAnothers, type Mover, suspectsOf } from './blame.ts'
import { judgeComparison } from './comparison-judge.ts'
import { CounterReader } from './counter-reader.ts'
import type { CounterSource } from './counter-source.ts'
import { judgeLimit } from './limit-judge.ts'
import { onsetsOf } from './onset.ts'
import { type ComparisonRule, logErrors, type Rule, rulesOf } from './rules.ts'
import { valuesOf } from './samples.ts'
import { type Span, seriesOf } from './series.ts'
import { type PoolSubjects, sampled, spansOf, subjectsOf } from './subjects.ts'
import { type RuleResult, verdictOf } from './verdict.ts'

interface Dependencies {
  readonly counters: CounterSource
  /** How far a host's clock is before ours, in ms. */
  readonly clockAheadMs: (host: string) => number
  /** Rollouts of other apps that moved hosts since then. */
  readonly others: (app: string, sinceMs: number) => Promise<readonly RolloutState[]>
  /** What a host said since it runs the release of this rollout; a few lines, errors first. */
  readonly linesOf: (rolloutId: string, host: string) => Promise<readonly string[]>
}

export interface Look {
  readonly moment: Verdict['moment']
  /** The last of its bake or its watch: until then only what is beyond any doubt counts, since looks add up. */
  readonly isLast: boolean
  readonly atMs: number
  /** What the rollout's policy says. */
  readonly onFailure: Exclude<VerdictAction, 'goOn'>
}

/** Of the last look; Kayenta's. */
const confidence = 0.98
/** Of those before it: with so high a bar for interim looks they cost the last one nothing (Haybittle and Peto, 1971). */
const interimConfidence = 0.999
/** A control of fewer values is none. */
const leastControl = 4
/** Other rollouts come into question that ended so long before. */
const suspectMs = 600_000

/** Judges the hosts that run a release by their counters. */
export class ImmuneSystem {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** A bad verdict comes with its evidence; null when there is nothing to judge by. */
  async judge(state: RolloutState, immune: Immune, look: Look): Promise<Verdict | null> {
    const rules = rulesOf(immune)
    const pools = subjectsOf(state, look.atMs)
    if (rules.length === 0 || pools.length === 0) return null
    const { counters, clockAheadMs } = this.#dependencies
    const reader = new CounterReader(state.app, { counters, clockAheadMs })
    const results: RuleResult[] = []
    for (const rule of rules) results.push({ rule, metrics: await this.#judgeRule(rule, pools, reader, look) })
    const verdict = verdictOf(results, { ...look, pass: immune.pass, marginal: immune.marginal })
    return verdict.action === 'goOn' ? verdict : this.#withEvidence(verdict, state, pools, reader)
  }

  async #judgeRule(
    rule: Rule,
    pools: readonly PoolSubjects[],
    reader: CounterReader,
    { isLast }: Look,
  ): Promise<MetricVerdict[]> {
    // What is missing on the way may still come.
    const patient = { ...rule, failsWithoutData: rule.failsWithoutData && isLast }
    if (patient.compare === 'limit') {
      const spans = pools.flatMap(({ treated }) => treated)
      return [judgeLimit(patient, spans, await reader.read(rule.counter, spans))]
    }
    const metrics: MetricVerdict[] = []
    for (const pool of pools) metrics.push(await this.#compare(patient, sampled(pool), reader, isLast))
    return metrics
  }

  /** Where nobody waits any more, the same hosts before stand in for those that waited. */
  async #compare(
    rule: ComparisonRule,
    subjects: PoolSubjects,
    reader: CounterReader,
    isLast: boolean,
  ): Promise<MetricVerdict> {
    const series = (spans: readonly Span[]) => this.#series(rule, spans, reader)
    const treated = await series(subjects.treated)
    let compare = rule.compare
    let spans = spansOf(compare, subjects)
    let control = await series(spans.control)
    if (compare === 'waiting' && valuesOf(control).length < leastControl) {
      compare = 'before'
      spans = spansOf(compare, subjects)
      control = await series(spans.control)
    }
    const before = { treated: await series(spans.before.treated), control: await series(spans.before.control) }
    const sides = { pool: subjects.pool, compare, treated, control, before }
    return judgeComparison(rule, sides, isLast ? confidence : interimConfidence)
  }

  async #series(rule: ComparisonRule, spans: readonly Span[], reader: CounterReader) {
    if (spans.length === 0) return []
    // The agent counts these for every app it runs, also when there are none.
    const presence = rule.fillsWithZero ? await reader.read(logErrors, spans) : null
    return seriesOf(spans, await reader.read(rule.counter, spans), rule.aggregate, presence)
  }

  async #withEvidence(
    verdict: Verdict,
    state: RolloutState,
    pools: readonly PoolSubjects[],
    reader: CounterReader,
  ): Promise<Verdict> {
    const { linesOf } = this.#dependencies
    const host = verdict.metrics.find(({ bad, worstHost }) => bad && worstHost !== null)?.worstHost ?? null
    const lines = host === null ? [] : await linesOf(state.id, host)
    const logs = host === null || lines.length === 0 ? null : { host, lines: [...lines] }
    const suspects = await this.#suspects(verdict, state, pools, reader)
    if (!isAnothers(suspects, state.id)) return { ...verdict, logs, suspects: [...suspects] }
    const [first] = suspects
    const reason = `${verdict.reason}; rollout ${first!.rolloutId} of ${first!.app} is likelier to blame: it ${first!.reason}`
    // To take back what did no harm would leave the harm where it is.
    return { ...verdict, logs, suspects: [...suspects], reason, action: 'pause' }
  }

  async #suspects(
    { metrics, atMs }: Verdict,
    state: RolloutState,
    pools: readonly PoolSubjects[],
    reader: CounterReader,
  ) {
    const metric = metrics.find(({ bad, value }) => bad && value !== null)
    const fromMs = Math.min(...pools.flatMap(({ treated }) => treated.map((span) => span.movedFromMs)))
    const others = await this.#dependencies.others(state.app, fromMs - suspectMs)
    const own = moverOf(state)
    const rivals = others
      .map(moverOf)
      .filter(({ movedAtMs }) => [...movedAtMs.keys()].some((host) => own.movedAtMs.has(host)))
    if (!metric || rivals.length === 0) return []
    const hosts = pools.flatMap(({ treated, waiting }) => [...treated.map(({ host }) => host), ...waiting])
    const spans = hosts.map((host) => ({ host, fromMs: fromMs - suspectMs, toMs: atMs }))
    return suspectsOf([own, ...rivals], onsetsOf(metric, await reader.read(metric.counter, spans)))
  }
}

function moverOf({ id, app, hosts }: RolloutState): Mover {
  const moved = Object.values(hosts).flatMap(({ host, moved: when }) =>
    when === null ? [] : [[host, when.readyAtMs] as const],
  )
  return { rolloutId: id, app, movedAtMs: new Map(moved) }
}
