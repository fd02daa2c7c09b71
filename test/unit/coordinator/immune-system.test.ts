import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { completeImmune, type Immune } from '../../../coordinator/app-config/immune.ts'
import { suspectsOf } from '../../../coordinator/immune/blame.ts'
import { evidenceOf } from '../../../coordinator/immune/evidence.ts'
import { ImmuneSystem, type Look } from '../../../coordinator/immune/immune-system.ts'
import { logErrors, restarts } from '../../../coordinator/immune/rules.ts'
import { requested } from '../../../coordinator/rollout/reducer.ts'
import type { HostProgress, RolloutState } from '../../../coordinator/rollout/state.ts'
import { ListedCounters } from '../../support/listed-counters.ts'
import { requestedEvent } from '../../support/rollout-fixture.ts'

const readyAtMs = 10_000_000
const windows = (count: number, at: (index: number) => number) => Array.from({ length: count }, (_, index) => at(index))
/** About 100, each a little different. */
const usual = (index: number) => 100 + ((index * 7) % 11)

type Place = Readonly<Record<string, number | null>>

/** A rollout whose hosts were ready at these times; null for those that wait. */
function stateOf(hosts: Place, { id = 'ro', app = 'hello', pool = 'web' } = {}): RolloutState {
  const base = { pools: [pool], zone: null, batch: 0, why: '', retries: 0, broken: null }
  const untold = { totals: null, timing: null, fetchMs: null, activateMs: null }
  const progress = Object.entries(hosts).map(([host, atMs]): [string, HostProgress] => {
    if (atMs === null) return [host, { ...base, ...untold, host, status: { is: 'fetched' }, moved: null }]
    return [
      host,
      { ...base, ...untold, host, status: { is: 'ready' }, moved: { fromMs: atMs - 1_000, readyAtMs: atMs } },
    ]
  })
  return { ...requested(requestedEvent({ id, app })), hosts: Object.fromEntries(progress) }
}

function bench(immune: Partial<Immune> = {}) {
  const counters = new ListedCounters()
  const others: RolloutState[] = []
  const system = new ImmuneSystem({
    ...{ counters, clockAheadMs: () => 0, others: async () => others },
    linesOf: async (_rollout, host) => [`ERROR on ${host}`],
  })
  const judge = async (state: RolloutState, look: Partial<Look> = {}) => {
    const all = { moment: 'bake', isLast: true, atMs: readyAtMs + 300_000, onFailure: 'rollback', ...look } as const
    const verdict = await system.judge(state, completeImmune(immune), all)
    assert.ok(verdict)
    return verdict
  }
  return { counters, others, judge }
}

const slow = { builtIn: [], rules: [{ counter: 'ms' }] } satisfies Partial<Immune>
const canary: Place = { a: readyAtMs, b: null, c: null, d: null }

describe('the immune system', () => {
  it('compares with hosts that wait, and has the numbers, the worst host and what it said', async () => {
    const { counters, judge } = bench(slow)
    counters.tell(readyAtMs, { counter: 'ms', host: 'a', sums: windows(20, (index) => 2 * usual(index)) })
    for (const host of ['b', 'c', 'd']) counters.tell(readyAtMs, { counter: 'ms', host, sums: windows(20, usual) })
    const verdict = await judge(stateOf(canary))
    assert.deepEqual([verdict.class, verdict.score, verdict.action], ['fail', 0, 'rollback'])
    const [metric] = verdict.metrics
    assert.deepEqual([metric!.class, metric!.compare, metric!.pool, metric!.worstHost], ['high', 'waiting', 'web', 'a'])
    assert.deepEqual([metric!.hosts, metric!.windows, metric!.controlHosts, metric!.controlWindows], [1, 20, 3, 60])
    assert.ok(metric!.shiftLower! > metric!.tolerated! && metric!.effect === 1 && metric!.pValue! < 1e-6)
    assert.match(
      verdict.reason,
      /^mean of ms in pool web is high: 210 on 1 host with the release \(20 values\) against 105 on 3 waiting hosts \(60 values\); shift 105, between \d+ and \d+ at 98 %, beyond the tolerated 26\.3, p /,
    )
    assert.deepEqual(verdict.logs, { host: 'a', lines: ['ERROR on a'] })
  })

  it('does not blame a release for what its hosts differed by before', async () => {
    const { counters, judge } = bench(slow)
    for (const fromMs of [readyAtMs - 400_000, readyAtMs]) {
      counters.tell(fromMs, { counter: 'ms', host: 'a', sums: windows(20, (index) => 1.5 * usual(index)) })
      for (const host of ['b', 'c', 'd']) counters.tell(fromMs, { counter: 'ms', host, sums: windows(20, usual) })
    }
    assert.equal((await judge(stateOf(canary))).class, 'pass')
  })

  it('compares with the same hosts before where nobody waits, and with last week where it is told to', async () => {
    const all: Place = { a: readyAtMs, b: readyAtMs }
    const { counters, judge } = bench(slow)
    for (const host of ['a', 'b']) {
      counters.tell(readyAtMs - 400_000, { counter: 'ms', host, sums: windows(30, usual) })
      counters.tell(readyAtMs, { counter: 'ms', host, sums: windows(20, (index) => 2 * usual(index)) })
      counters.tell(readyAtMs - 7 * 86_400_000, { counter: 'ms', host, sums: windows(30, (index) => 2 * usual(index)) })
    }
    const before = await judge(stateOf(all))
    assert.deepEqual([before.metrics[0]!.compare, before.metrics[0]!.class], ['before', 'high'])
    assert.match(before.reason, /against 105 on the same 2 hosts before/)
    const lastWeek = bench({ builtIn: [], rules: [{ counter: 'ms', compare: 'lastWeek' }] })
    lastWeek.counters.tell(readyAtMs, { counter: 'ms', host: 'a', sums: windows(20, usual) })
    lastWeek.counters.tell(readyAtMs - 7 * 86_400_000, { counter: 'ms', host: 'a', sums: windows(30, usual) })
    assert.equal((await lastWeek.judge(stateOf({ a: readyAtMs }))).class, 'pass')
  })

  it('judges each pool by its own hosts', async () => {
    const { counters, judge } = bench(slow)
    const [web, api] = [stateOf(canary), stateOf({ x: readyAtMs, y: null }, { pool: 'api' })]
    for (const host of ['a', 'b', 'c', 'd']) counters.tell(readyAtMs, { counter: 'ms', host, sums: windows(20, usual) })
    for (const host of ['x', 'y'])
      counters.tell(readyAtMs, { counter: 'ms', host, sums: windows(20, (index) => 9 * usual(index)) })
    const verdict = await judge({ ...web, hosts: { ...web.hosts, ...api.hosts } })
    assert.deepEqual(
      verdict.metrics.map(({ pool, class: is }) => [pool, is]),
      [
        ['web', 'pass'],
        ['api', 'pass'],
      ],
    )
  })

  it('asks for more certainty on the way than at the end', async () => {
    const { counters, judge } = bench(slow)
    counters.tell(readyAtMs, { counter: 'ms', host: 'a', sums: windows(3, (index) => 2 * usual(index)) })
    for (const host of ['b', 'c', 'd']) counters.tell(readyAtMs, { counter: 'ms', host, sums: windows(3, usual) })
    const [onTheWay, atTheEnd] = [await judge(stateOf(canary), { isLast: false }), await judge(stateOf(canary))]
    assert.deepEqual([onTheWay.class, atTheEnd.class], ['nodata', 'fail'])
  })

  it('finds log errors and crash loops without a rule, and counts windows without an event as 0', async () => {
    const { counters, judge } = bench()
    for (const host of ['a', 'b', 'c', 'd']) {
      counters.tell(readyAtMs, { counter: logErrors, host, sums: windows(3, () => (host === 'a' ? 90 : 0)) })
      counters.tell(readyAtMs, { counter: restarts, host, sums: windows(3, () => 0) })
    }
    const errors = await judge(stateOf(canary), { isLast: false })
    assert.match(
      errors.reason,
      /^rookery\.app\.log_errors in pool web is high: 9\/s .* every value is far beyond all of theirs/,
    )
    assert.equal(errors.action, 'rollback')
    const crashing = bench()
    crashing.counters.tell(readyAtMs, { counter: restarts, host: 'a', sums: [2, 1, 0] })
    const { reason } = await crashing.judge(stateOf(canary), { isLast: false })
    assert.match(reason, /^counter rookery\.app\.restarts on a has a sum of 3 over 3 samples, above the limit of 2/)
    const timeouts = bench({ builtIn: [], rules: [{ counter: 'timeouts', aggregate: 'rate' }] })
    for (const host of ['a', 'b'])
      timeouts.counters.tell(readyAtMs, { counter: logErrors, host, sums: windows(29, () => 0) })
    timeouts.counters.tell(readyAtMs, { counter: 'timeouts', host: 'a', sums: windows(29, () => 50) })
    assert.match(
      (await timeouts.judge(stateOf(canary))).reason,
      /^timeouts in pool web is high: 5\/s .* against 0\/s on 1 waiting/,
    )
  })

  it('pauses where the score is marginal, and obeys a rule’s own word', async () => {
    const many = ['p', 'q', 'r', 's'].map((counter) => ({ counter, above: 5, critical: false }))
    const { counters, judge } = bench({ builtIn: [], rules: many })
    for (const counter of ['p', 'q', 'r', 's'])
      counters.tell(readyAtMs, { counter, host: 'a', sums: [counter === 's' ? 9 : 1] })
    const marginal = await judge(stateOf(canary))
    assert.deepEqual([marginal.class, marginal.score, marginal.action], ['marginal', 75, 'pause'])
    assert.match(marginal.reason, /\(score 75 of 100\)$/)
    const own = bench({ builtIn: [], rules: [{ counter: 'p', above: 5, onFailure: 'pause' }] })
    own.counters.tell(readyAtMs, { counter: 'p', host: 'a', sums: [9] })
    assert.equal((await own.judge(stateOf(canary))).action, 'pause')
  })

  it('names the other rollout that is likelier to blame, and only pauses then', async () => {
    const { counters, others, judge } = bench({ builtIn: [], rules: [{ counter: 'errors', above: 5 }] })
    const turnedMs = readyAtMs + 200_000
    counters.tell(readyAtMs, { counter: 'errors', host: 'a', sums: windows(29, (index) => (index < 20 ? 0 : 90)) })
    others.push(stateOf({ a: turnedMs - 5_000 }, { id: 'other', app: 'proxy' }))
    const verdict = await judge(stateOf({ a: readyAtMs }))
    assert.deepEqual(
      verdict.suspects.map(({ rolloutId, app }) => [rolloutId, app]),
      [
        ['other', 'proxy'],
        ['ro', 'hello'],
      ],
    )
    assert.ok(verdict.suspects[0]!.score > 0.9 && verdict.suspects[1]!.score < 0.4, JSON.stringify(verdict.suspects))
    assert.match(verdict.reason, /; rollout other of proxy is likelier to blame: it moved 1 of 1 bad hosts, 5 s before/)
    assert.equal(verdict.action, 'pause')
  })
})

describe('blame', () => {
  const mover = (rolloutId: string, movedAtMs: Record<string, number>) => {
    return { rolloutId, app: rolloutId, movedAtMs: new Map(Object.entries(movedAtMs)) }
  }

  it('falls on who moved the bad hosts and no others', () => {
    const onsets = new Map([
      ['a', 60_000],
      ['b', null],
      ['c', 70_000],
      ['d', null],
    ])
    const movers = [
      mover('all', { a: 50_000, b: 50_000, c: 50_000, d: 50_000 }),
      mover('two', { a: 50_000, c: 60_000 }),
    ]
    const [first, second] = suspectsOf(movers, onsets)
    assert.deepEqual([first!.rolloutId, second!.rolloutId], ['two', 'all'])
    assert.equal(
      first!.reason,
      'moved 2 of 2 bad hosts, 10 s before they turned bad on average; 0 of its hosts are well',
    )
    assert.match(second!.reason, /2 of its hosts are well$/)
  })

  it('does not fall on who came after', () => {
    const [late] = suspectsOf([mover('late', { a: 90_000 })], new Map([['a', 60_000]]))
    assert.equal(late!.score, 0)
  })
})

describe('log lines of the worst host', () => {
  it('are the last that speak of errors, each once, and steer no terminal', () => {
    const text = `started\n${'GET / 500 internal error\n'.repeat(9)}\u001b[31mERROR\u001b[0m no\u0007 database\n`
    assert.deepEqual(evidenceOf(text), ['GET / 500 internal error', 'ERROR no  database'])
    assert.deepEqual(evidenceOf('one\ntwo\n\n'), ['one', 'two'])
    assert.equal(evidenceOf(`error ${'x'.repeat(9_999)}`)[0]!.length, 300)
  })
})
