import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { counterName } from '../../../peer-agent/counters/counter-name.ts'
import { Counters } from '../../../peer-agent/counters/counters.ts'
import { StatsdDesk } from '../../../peer-agent/counters/statsd-desk.ts'
import { StatsdReader } from '../../../peer-agent/counters/statsd-line.ts'
import { type Logger, silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { CounterSpool } from '../../support/counter-spool.ts'

const midnight = Date.UTC(2026, 0, 1)

async function makeCounters({ maxNames = 100, spreadMs = 0, logger = silentLogger() } = {}) {
  const clock = new ManualClock(midnight)
  const spool = new CounterSpool()
  const counters = new Counters({ maxNames, spreadMs }, { spool, clock })
  await counters.start()
  const desk = (app: string) => new StatsdDesk(app, { counters, clock, logger })
  return { clock, spool, counters, desk }
}

describe('counter windows of the agent', () => {
  it('lie on the wall clock, with sums that give mean and deviation', async () => {
    const { clock, spool, counters } = await makeCounters()
    clock.advance(3_000)
    counters.observe('fetch_ms', 3, { app: 'a' })
    counters.observe('fetch_ms', 5, { app: 'a' })
    counters.observe('fetch_peers', 2)
    clock.advance(6_999)
    assert.deepEqual(spool.records, [])
    clock.advance(1)
    const common = { startMs: midnight, app: 'a', name: 'fetch_ms', kind: 'timer' }
    assert.deepEqual(spool.of('fetch_ms', 'a'), [{ ...common, count: 2, sum: 8, sumOfSquares: 34, min: 3, max: 5 }])
    assert.deepEqual(spool.of('fetch_peers'), [
      { startMs: midnight, app: '', name: 'fetch_peers', kind: 'gauge', count: 1, sum: 2 },
    ])
    clock.advance(10_000)
    assert.deepEqual(
      spool
        .windows()
        .filter(({ startMs }) => startMs > midnight)
        .map(({ name }) => name),
      ['spool_bytes'],
    )
  })

  it('go to the spool a little later on each host, and at once when the agent stops', async () => {
    const { clock, spool, counters } = await makeCounters({ spreadMs: 1_500 })
    counters.observe('rookery.app.restarts', 1)
    clock.advance(11_499)
    assert.deepEqual(spool.records, [])
    clock.advance(1)
    assert.equal(spool.of('rookery.app.restarts').length, 1)
    clock.advance(8_600)
    counters.observe('rookery.app.restarts', 1)
    await counters.stop()
    assert.deepEqual(
      spool.of('rookery.app.restarts').map(({ startMs }) => startMs - midnight),
      [0, 20_000],
    )
  })

  it('have a record for every 2,000 counters', async () => {
    const { clock, spool, desk } = await makeCounters({ maxNames: 10_000 })
    desk('web').take(Array.from({ length: 4_500 }, (_, index) => `n${index}:1|c`).join('\n'))
    clock.advance(10_000)
    assert.equal(spool.records.length, 3)
    assert.equal(spool.windows().filter(({ app, name }) => app === 'web' && name.startsWith('n')).length, 4_500)
  })
})

describe('StatsD', () => {
  it('counts, with sample rates', async () => {
    const { clock, spool, desk } = await makeCounters()
    desk('web').take('hits:3|c\nhits:1|c|@0.1\n')
    clock.advance(10_000)
    const [hits] = spool.of('hits', 'web')
    assert.deepEqual([hits!.kind, hits!.count, hits!.sum], ['counter', 11, 13])
  })

  it('keeps mean and deviation of timers right whatever the sample rate', async () => {
    const { clock, spool, desk } = await makeCounters()
    desk('web').take('t:10|ms|@0.3\nt:20:30|h|@0.3')
    clock.advance(10_000)
    const [t] = spool.of('t', 'web')
    assert.equal(t!.count, 10)
    assert.ok(Math.abs(t!.sum / t!.count - 20) < 1e-9)
    assert.deepEqual([t!.min, t!.max], [10, 30])
  })

  it('sets, moves and carries gauges, until nobody has set them for an hour', async () => {
    const { clock, spool, desk } = await makeCounters()
    const web = desk('web')
    web.take('queue:10|g\nqueue:+5|g\nqueue:-3|g')
    clock.advance(20_000)
    const [first, second] = spool.of('queue', 'web')
    assert.deepEqual([first!.count, first!.min, first!.max], [3, 10, 15])
    assert.deepEqual([second!.count, second!.sum], [1, 12])
    web.take('queue:+1|g')
    clock.advance(10_000)
    assert.equal(spool.of('queue', 'web')[2]!.sum, 13)
    clock.advance(3_700_000)
    assert.equal(spool.of('queue', 'web').length, 2 + 360)
  })

  it('counts the different members of a set', async () => {
    const { clock, spool, desk } = await makeCounters()
    desk('web').take('users:ann|s\nusers:bob|s\nusers:ann|s')
    clock.advance(20_000)
    assert.deepEqual(spool.of('users', 'web'), [
      { startMs: midnight, app: 'web', name: 'users', kind: 'set', count: 1, sum: 2 },
    ])
  })

  it('puts tags into the name as Graphite does, and keeps apps apart', async () => {
    const { clock, spool, desk } = await makeCounters()
    desk('web').take('hits:1|c|#status:200,method:get\nhits:1|c|#method:get,status:200|c:ci-12')
    desk('api').take('hits:1|c')
    clock.advance(10_000)
    assert.equal(spool.of('hits;method=get;status=200', 'web')[0]!.sum, 2)
    assert.equal(spool.of('hits', 'api')[0]!.sum, 1)
  })

  it('counts lines it cannot read and says why once a window; events of DogStatsD are none of them', async () => {
    const said: string[] = []
    const logger = { ...silentLogger(), warn: (_: object, text: string) => said.push(text) } as unknown as Logger
    const { clock, spool, desk } = await makeCounters({ logger })
    desk('web').take('nothing\nx:1|q\nx:one|c\nx:1|c|@0\n:1|c\nx:1|c|T1700000000\nhits:1|c\n_e{1,1}:a|b\n_sc|a|0')
    clock.advance(10_000)
    assert.equal(spool.of('counters_malformed', 'web')[0]!.sum, 6)
    assert.equal(spool.of('statsd_lines', 'web')[0]!.sum, 9)
    assert.deepEqual(said, ['a line of StatsD was not taken: it is not name:value|type'])
  })

  it('refuses names beyond the limit, and a name of two types; its own counters stay', async () => {
    const { clock, spool, counters, desk } = await makeCounters({ maxNames: 10 })
    const lines = Array.from({ length: 15 }, (_, index) => `n${index}:1|c`)
    desk('web').take([...lines, 'n1:5|g', 'n1:1|c'].join('\n'))
    counters.observe('rookery.app.restarts', 1, { app: 'web' })
    clock.advance(10_000)
    assert.equal(spool.windows().filter(({ name }) => /^n\d/.test(name)).length, 10)
    assert.equal(spool.of('n1', 'web')[0]!.sum, 2)
    assert.equal(spool.of('counters_refused', 'web')[0]!.sum, 6)
    assert.equal(spool.of('rookery.app.restarts', 'web')[0]!.sum, 1)
  })

  it('reads what it would write, and survives anything', () => {
    const reader = new StatsdReader()
    const part = fc.stringMatching(/^[a-zA-Z0-9_-]{1,10}$/)
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))
    const type = fc.constantFrom('c', 'ms', 'h', 'd')
    fc.assert(
      fc.property(name, fc.integer(), type, (text, value, unit) => {
        const sample = reader.read(`${text}:${value}|${unit}`)
        assert.ok('values' in sample)
        assert.deepEqual([sample.name, sample.values], [text, [value]])
      }),
    )
    fc.assert(
      fc.property(fc.string(), (line) => {
        const sample = reader.read(line)
        if ('name' in sample) assert.match(sample.name, /^[^\s;*]+(;[^\s;*=]+=[^\s;*]+)*$/)
      }),
    )
  })

  it('cleans names, and refuses long ones', () => {
    assert.equal(counterName('a b/c..d.'), 'a_b_c.d')
    assert.equal(counterName('hits', ['b:2', 'a:x;y', 'b:3', 'canary', ':x']), 'hits;a=x_y;b=2;canary=true')
    assert.equal(counterName('***'), undefined)
    assert.equal(counterName('x'.repeat(251)), undefined)
  })
})
