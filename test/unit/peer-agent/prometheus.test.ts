import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { Counters } from '../../../peer-agent/counters/counters.ts'
import { readPrometheusText } from '../../../peer-agent/counters/prometheus-text.ts'
import { Scraper } from '../../../peer-agent/counters/scraper.ts'
import type { Timer } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { CounterSpool } from '../../support/counter-spool.ts'
import { eventually } from '../../support/eventually.ts'

describe('the text format of Prometheus', () => {
  it('is read with types, labels, escapes and what numbers it has', () => {
    const page = [
      '# HELP http_requests_total All "requests".',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total{ method = "a\\"b\\\\c\\nd" , } 3 # {trace_id="x"} 0.5',
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{le="+Inf"} 12',
      'took_seconds_sum 1.5e3',
      'bare 1',
      'odd{} -Inf',
      'none NaN',
      'broken{a="b" 1',
      'broken 1x',
      '{} 1',
      '',
    ].join('\r\n')
    const { samples, malformed } = readPrometheusText(page)
    assert.equal(malformed, 3)
    assert.deepEqual(
      samples.map(({ name, labels, value, type }) => [name, labels.join(), value, type]),
      [
        ['http_requests_total', 'method:post,code:200', 1027, 'counter'],
        ['http_requests_total', 'method:a"b\\c\nd', 3, 'counter'],
        ['took_seconds_bucket', 'le:+Inf', 12, 'histogram'],
        ['took_seconds_sum', '', 1500, 'histogram'],
        ['bare', '', 1, 'untyped'],
        ['odd', '', Number.NEGATIVE_INFINITY, 'untyped'],
        ['none', '', Number.NaN, 'untyped'],
      ],
    )
  })

  it('is read as prom-client writes it, and any text is survived', async () => {
    const label = fc.string({ unit: 'binary', maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(label, fc.double({ noNaN: true })), { maxLength: 8 }), async (values) => {
        const registry = new Registry()
        const gauge = new Gauge({ name: 'level', help: 'x', labelNames: ['of'], registers: [registry] })
        // What is written of minus nothing is nothing.
        const expected = new Map(values.map(([of, value]) => [of.replaceAll('\r', ''), value + 0]))
        for (const [of, value] of expected) gauge.set({ of }, value)
        const { samples, malformed } = readPrometheusText(await registry.metrics())
        assert.equal(malformed, 0)
        assert.deepEqual(new Map(samples.map(({ labels, value }) => [labels[0]!.slice('of:'.length), value])), expected)
      }),
      { numRuns: 50 },
    )
    fc.assert(fc.property(fc.string(), (text) => void readPrometheusText(text)))
  })
})

/** Just below a window, so that its pauses are told from those of the windows. */
const periodMs = 9_999

class PauseClock extends ManualClock {
  pauses = 0

  override after(delayMs: number, task: () => void): Timer {
    if (delayMs === periodMs) this.pauses++
    return super.after(delayMs, task)
  }
}

describe('scraping an app', () => {
  let server: Server
  let registry = new Registry()
  let status = 200
  before(async () => {
    server = createServer(async (_, response) => response.writeHead(status).end(await registry.metrics()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => void server.close())

  it('tells what came since the scrape before, over a restart of the app and a failure', async () => {
    const clock = new PauseClock(0)
    const spool = new CounterSpool()
    const counters = new Counters({ maxNames: 100, spreadMs: 0 }, { spool, clock })
    await counters.start()
    const scraper = new Scraper({ counters, clock, logger: silentLogger() })
    const metrics = () => {
      registry = new Registry()
      const registers = [registry]
      return {
        hits: new Counter({ name: 'hits_total', help: 'x', labelNames: ['code'], registers }),
        took: new Histogram({ name: 'took', help: 'x', buckets: [1], registers }),
        size: new Summary({ name: 'size', help: 'x', percentiles: [0.5], registers }),
        open: new Gauge({ name: 'open', help: 'x', registers }),
      }
    }
    const scraped = async (times: number) => {
      await eventually('the scrape', async () => clock.pauses === times || undefined)
      clock.advance(10_000)
    }
    const app = metrics()
    app.hits.inc({ code: '200' }, 100)
    app.open.set(4)
    const port = (server.address() as AddressInfo).port
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a rookery.yml
    scraper.follow('shop', { url: 'http://127.0.0.1:${PORT}/metrics', periodMs }, { PORT: String(port) })
    await scraped(1)
    app.hits.inc({ code: '200' }, 5)
    app.took.observe(0.5)
    app.size.observe(9)
    await scraped(2)
    status = 500
    await scraped(3)
    status = 200
    const again = metrics()
    again.hits.inc({ code: '200' }, 3)
    await scraped(4)
    const sums = (name: string) => spool.of(name, 'shop').map(({ sum }) => sum)
    assert.deepEqual(sums('hits_total;code=200'), [5, 3])
    assert.deepEqual(sums('open'), [4, 4, 0])
    assert.deepEqual(sums('took_count'), [1, 0])
    assert.deepEqual(sums('took_bucket;le=1'), [1, 0])
    assert.deepEqual(sums('size;quantile=0.5'), [0, 9, 0])
    assert.deepEqual(sums('size_sum'), [9, 0])
    assert.deepEqual(sums('scrape_failures'), [1])
    scraper.stop('shop')
    await counters.stop()
  })
})
