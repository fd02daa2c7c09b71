import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Value } from 'typebox/value'
import { composeQueries } from '../../../coordinator/counters/query-parts.ts'
import { stepsOf } from '../../../coordinator/counters/steps.ts'
import type { RolloutSummary } from '../../../proto/http/api.ts'
import { CounterSeriesQuery } from '../../../proto/http/counters.ts'
import { CounterKind } from '../../../proto/session.ts'
import { counterFixture, defaultKeep, type TestWindow, windowOf } from '../../support/counter-fixture.ts'

const { COUNTER_KIND_COUNTER: counter, COUNTER_KIND_GAUGE: gauge } = CounterKind
const nowMs = Date.UTC(2026, 0, 10)
const minute = 60_000
const week = 7 * 86_400_000

const rollout = {
  ...{ id: 'ro-1', app: 'shop', kind: 'deploy', releaseId: 'shop-2', phase: 'halted', reason: 'too many errors' },
  ...{ startedAtMs: nowMs - 2 * minute, endedAtMs: nowMs - minute },
} as RolloutSummary

/** Four hosts in two pools, each with requests and a queue of its number, and response times. */
async function makeQueries() {
  const { store, insert, clock } = await counterFixture({ startMs: nowMs })
  const windows: TestWindow[] = []
  for (let index = 1; index <= 4; index++)
    for (let startMs = nowMs - 5 * minute; startMs < nowMs; startMs += 10_000) {
      const of = { startMs, host: `web-${index}`, app: 'shop' }
      windows.push(windowOf({ ...of, name: 'requests;code=200', kind: counter }, [10 * index]))
      windows.push(windowOf({ ...of, name: 'requests;code=500', kind: counter }, [index]))
      windows.push(windowOf({ ...of, name: 'queue', kind: gauge }, [index]))
      windows.push(windowOf({ ...of, name: 'took' }, [index, 3 * index]))
      windows.push(windowOf({ ...of, name: 'requests;code=200', kind: counter, startMs: startMs - week }, [7]))
    }
  await insert(windows)
  const hosts = { find: (name: string) => ({ pools: [name < 'web-3' ? 'front' : 'back', 'all'] }) }
  const { counterQueries, graphite } = composeQueries(defaultKeep, {
    ...{ store, hosts, clock },
    rollouts: { list: async () => [rollout] },
  })
  const ask = (query: Partial<CounterSeriesQuery>) => {
    const whole = Value.Default(CounterSeriesQuery, { fromMs: nowMs - 5 * minute, stepMs: minute, ...query })
    return counterQueries.series(whole as CounterSeriesQuery)
  }
  const all = async (query: Partial<CounterSeriesQuery>) => {
    const { series } = await ask({ name: '**', ...query })
    return Object.fromEntries(series.map(({ host, pool, name, values }) => [host ?? pool ?? name ?? '*', values[0]]))
  }
  return { counterQueries, graphite, ask, all }
}

describe('queries of counters', () => {
  it('make one value a step: the rate of counters, the average of everything else', async () => {
    const { ask } = await makeQueries()
    const { series, stepMs, fromMs, toMs } = await ask({ name: '*', app: 'shop' })
    assert.deepEqual([fromMs, toMs, stepMs], [nowMs - 5 * minute, nowMs, minute])
    assert.deepEqual(
      series.map(({ name, function: fn, hosts, values }) => [name, fn, hosts, values.length, values[2]]),
      [
        ['queue', 'avg', 4, 5, 2.5],
        ['requests;code=200', 'rate', 4, 5, 10],
        ['requests;code=500', 'rate', 4, 5, 1],
        ['took', 'avg', 4, 5, 5],
      ],
    )
  })

  it('leave out what is beyond the limit, and say so', async () => {
    const { ask } = await makeQueries()
    const { series, omitted } = await ask({ name: '*', limit: 1 })
    assert.deepEqual([series.map(({ name }) => name), omitted], [['queue'], 3])
  })

  it('group by name, host and pool, and look at some hosts only', async () => {
    const { all } = await makeQueries()
    const requests = { name: 'requests', function: 'sum' } as const
    assert.deepEqual(await all({ ...requests, groupBy: 'host' }), {
      'web-1': 66,
      'web-2': 132,
      'web-3': 198,
      'web-4': 264,
    })
    assert.deepEqual(await all({ ...requests, groupBy: 'pool' }), { back: 462, front: 198 })
    assert.deepEqual(await all({ ...requests, groupBy: 'none' }), { '*': 660 })
    assert.deepEqual(await all({ ...requests, groupBy: 'none', pool: 'all' }), { all: 660 })
    assert.deepEqual(await all({ ...requests, groupBy: 'host', pool: 'back' }), { 'web-3': 198, 'web-4': 264 })
    assert.deepEqual(await all({ ...requests, groupBy: 'host', host: 'web-[12]' }), { 'web-1': 66, 'web-2': 132 })
    assert.deepEqual(await all({ name: 'requests;code=5*', function: 'count' }), { 'requests;code=500': 24 })
    assert.deepEqual(await all({ name: 'none' }), {})
  })

  it('know every function, and that levels do not add up over time', async () => {
    const { all } = await makeQueries()
    const took = async (fn: CounterSeriesQuery['function']) => (await all({ name: 'took', function: fn })).took
    assert.deepEqual(
      [await took('min'), await took('max'), await took('sum'), await took('count'), await took('rate')],
      [1, 12, 240, 48, 0.8],
    )
    const deviation = Math.sqrt((1 + 9 + 4 + 36 + 9 + 81 + 16 + 144) / 8 - 25)
    assert.ok(Math.abs((await took('deviation'))! - deviation) < 1e-9)
    assert.equal((await all({ name: 'queue', function: 'sum' })).queue, 10)
    assert.equal((await all({ name: 'queue', function: 'rate' })).queue, null)
  })

  it('take percentiles over the hosts', async () => {
    const { all } = await makeQueries()
    const of = async (percentile: number) => (await all({ name: 'queue', function: 'percentile', percentile })).queue
    assert.deepEqual([await of(0), await of(50), await of(100)], [1, 2.5, 4])
    assert.equal((await all({ name: 'requests', groupBy: 'none', function: 'percentile', percentile: 100 }))['*'], 4.4)
  })

  it('answer with the same time last week, and with the rollouts of the time', async () => {
    const { ask } = await makeQueries()
    const { series, fromMs, marks } = await ask({ name: 'requests', groupBy: 'host', shiftMs: week, function: 'sum' })
    assert.equal(fromMs, nowMs - 5 * minute)
    assert.deepEqual(
      series.map(({ values }) => values[0]),
      [42, 42, 42, 42],
    )
    assert.deepEqual(
      marks.map(({ atMs, text }) => [atMs - nowMs, text]),
      [
        [-2 * minute, 'rollout of shop to shop-2 began'],
        [-minute, 'rollout of shop to shop-2 ended, halted: too many errors'],
      ],
    )
  })

  it('choose steps that people read and that are kept', () => {
    const day = 86_400_000
    const stepOf = (agoMs: number, maxPoints: number, stepMs?: number) =>
      stepsOf({ fromMs: nowMs - agoMs, toMs: nowMs, maxPoints, stepMs }, defaultKeep, nowMs)
    assert.equal(stepOf(3_600_000, 500).stepMs, 10_000)
    assert.equal(stepOf(day, 500).stepMs, 5 * minute)
    assert.equal(stepOf(7 * day, 1_000).stepMs, 15 * minute)
    assert.equal(stepOf(20 * day, 10_000).stepMs, 5 * minute)
    assert.equal(stepOf(20 * day, 100, 10_000).stepMs, 5 * minute)
    assert.equal(stepOf(500 * day, 100_000).stepMs, 60 * minute)
    assert.equal(stepOf(2_000 * day, 10).stepMs, 210 * day)
  })

  it('refuse what is no pattern, no time, and too much', async () => {
    const { ask, counterQueries } = await makeQueries()
    await assert.rejects(ask({ name: 'a{b' }), { code: 'REQUEST_INVALID', message: /^a\{b is no pattern/ })
    await assert.rejects(ask({ name: 'a', host: '[' }), { code: 'REQUEST_INVALID' })
    await assert.rejects(ask({ name: 'a', fromMs: nowMs + 1 }), { code: 'REQUEST_INVALID' })
    await assert.rejects(
      ask({ name: '**', fromMs: 0, stepMs: 10_000, maxPoints: 10_000, function: 'percentile', shiftMs: 0, toMs: 1e15 }),
      {
        code: 'REQUEST_INVALID',
      },
    )
    assert.deepEqual(
      (await counterQueries.names({ name: 'requests', limit: 1 })).map(({ name, kind, hosts }) => [name, kind, hosts]),
      [['requests;code=200', 'counter', 4]],
    )
  })
})

describe('the tree of Graphite', () => {
  it('has hosts, pools and the fleet, with tags as nodes', async () => {
    const { graphite } = await makeQueries()
    const found = async (query: string) =>
      (await graphite.tree.find(query)).map(
        ({ id, isLeaf, isBranch }) => `${id}${isLeaf ? '!' : ''}${isBranch ? '/' : ''}`,
      )
    assert.deepEqual(await found('*'), ['fleet/', 'hosts/', 'pools/'])
    assert.deepEqual(await found('hosts.*'), ['hosts.web-1/', 'hosts.web-2/', 'hosts.web-3/', 'hosts.web-4/'])
    assert.deepEqual(await found('pools.{front,all}.*'), ['pools.all.shop/', 'pools.front.shop/'])
    assert.deepEqual(await found('fleet.shop.*'), ['fleet.shop.queue!', 'fleet.shop.requests!/', 'fleet.shop.took!'])
    assert.deepEqual(await found('fleet.shop.requests.*'), [
      'fleet.shop.requests.code=200!',
      'fleet.shop.requests.code=500!',
    ])
    assert.deepEqual(await found('fleet.shop.queue.*'), [])
    assert.deepEqual(await found('a[.b'), [])
  })
})

describe('targets of Graphite', () => {
  const render = async (target: string) => {
    const { graphite } = await makeQueries()
    const lines = await graphite.renderer.render({ targets: [target], from: '-5min', until: 'now', maxDataPoints: 5 })
    return Object.fromEntries(lines.map(({ target: name, datapoints }) => [name, datapoints.map(([value]) => value)]))
  }
  const cases: [target: string, expected: Record<string, (number | null)[]>][] = [
    ['fleet.shop.requests', { 'fleet.shop.requests': [11, 11, 11, 11, 11] }],
    [
      'pools.*.shop.queue',
      { 'pools.all.shop.queue': all(2.5), 'pools.back.shop.queue': all(3.5), 'pools.front.shop.queue': all(1.5) },
    ],
    ['sumSeries(hosts.*.shop.queue)', { 'sumSeries(hosts.*.shop.queue)': all(10) }],
    ['alias(maxSeries(hosts.*.shop.queue), "most")', { most: all(4) }],
    ['aliasByNode(hosts.web-{1,2}.shop.queue, 1, -1)', { 'web-1.queue': all(1), 'web-2.queue': all(2) }],
    ['consolidateBy(fleet.shop.took, "max")', { 'fleet.shop.took': all(12) }],
    ["groupByNode(hosts.*.shop.requests.*, 4, 'sum')", { 'code=200': all(10), 'code=500': all(1) }],
    [
      'asPercent(fleet.shop.requests.code=500, fleet.shop.requests)',
      { 'asPercent(fleet.shop.requests.code=500)': all(100 / 11) },
    ],
    [
      'divideSeries(fleet.shop.requests.code=200, fleet.shop.requests.code=500)',
      { 'divideSeries(fleet.shop.requests.code=200,fleet.shop.requests.code=500)': all(10) },
    ],
    ['timeShift(fleet.shop.requests.code=200, "1w")', { 'timeShift(fleet.shop.requests.code=200,"1w")': all(2.8) }],
    ['integral(scale(fleet.shop.queue, 2))', { 'integral(scale(fleet.shop.queue,2))': [5, 10, 15, 20, 25] }],
    ['perSecond(integral(constantLine(60)))', { 'perSecond(integral(60))': [null, 1, 1, 1, 1] }],
    ['percentileOfSeries(hosts.*.shop.queue, 50)', { 'percentileOfSeries(hosts.*.shop.queue,50)': all(2.5) }],
    ['highestMax(hosts.*.shop.queue, 1)', { 'hosts.web-4.shop.queue': all(4) }],
    ['movingAverage(integral(constantLine(2)), 2)', { 'movingAverage(integral(2),2)': [2, 3, 5, 7, 9] }],
    ["summarize(fleet.shop.queue, '1h', 'max')", { 'summarize(fleet.shop.queue,"1h","max")': all(2.5) }],
    ['keepLastValue(transformNull(fleet.none.x))', {}],
  ]
  for (const [target, expected] of cases)
    it(`are understood: ${target}`, async () => assert.deepEqual(await render(target), expected))

  it('that are none are refused with where and why', async () => {
    await assert.rejects(render('sumSeries(a'), { code: 'REQUEST_INVALID', message: /from character 12 on/ })
    await assert.rejects(render('holtWinters(a)'), {
      message: /^there is no function holtWinters; there are sumSeries/,
    })
    await assert.rejects(render('scale(fleet.shop.queue)'), { message: /a number is missing/ })
    await assert.rejects(render('f('.repeat(60)), { message: /too deeply/ })
    await assert.rejects(render('"text"'), { message: /is no series/ })
  })
})

function all(value: number): number[] {
  return [value, value, value, value, value]
}
