import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CounterStore } from '../../../coordinator/counters/counter-store.ts'
import { LogStore } from '../../../coordinator/logs/log-store.ts'
import { SpoolIngest } from '../../../coordinator/session/spool-ingest.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import {
  CounterKind,
  decodeSpoolRecord,
  encodeSpoolRecord,
  type SpoolRecord,
  type SpoolRecordDraft,
} from '../../../proto/session.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { Redactor } from '../../../runtime/redactor.ts'

async function makeIngest(redactor = Redactor.none) {
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const [logs, counters] = [new LogStore(database), new CounterStore(database)]
  return { logs, counters, ingest: new SpoolIngest({ database, logs, counters, redactor, clock: new ManualClock() }) }
}

const record = (draft: SpoolRecordDraft): SpoolRecord => decodeSpoolRecord(encodeSpoolRecord(draft))
const chunk = (number: number): SpoolRecord =>
  record({
    number,
    logChunk: {
      stream: 'app.stdout',
      sequence: number,
      rolloutId: 'ro',
      data: new TextEncoder().encode(`line ${number}\n`),
    },
  })

const { COUNTER_KIND_TIMER: timer, COUNTER_KIND_GAUGE: gauge } = CounterKind
const doubles = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer)

describe('spool ingest', () => {
  it('takes out what is to be redacted, whatever agent sent it', async () => {
    const { logs, ingest } = await makeIngest(Redactor.of(['[0-9]{16}'], {}))
    const data = new TextEncoder().encode('card 4111111111111111 of web-1\n')
    const records = [record({ number: 1, logChunk: { stream: 'app.stdout', sequence: 0, rolloutId: 'ro', data } })]
    await ingest.ingest('web-1', { spoolId: 's', records })
    assert.equal((await logs.read({ host: 'web-1' }))[0]?.text, 'card [redacted] of web-1\n')
  })

  it('stores every record once and in order, however often and in whatever overlap it is sent', async () => {
    const overlaps = fc.array(
      fc.record({ back: fc.integer({ min: 0, max: 5 }), forward: fc.integer({ min: 0, max: 5 }) }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(overlaps, async (sends) => {
        const { logs, ingest } = await makeIngest()
        let last = 0
        for (const { back, forward } of sends) {
          const first = Math.max(1, last + 1 - back)
          const records = Array.from({ length: last + forward - first + 1 }, (_, index) => chunk(first + index))
          if (records.length === 0) continue
          assert.equal(await ingest.ingest('web-1', { spoolId: 's', records }), last + forward)
          last += forward
        }
        const stored = await logs.read({ host: 'web-1', limit: 1000 })
        assert.deepEqual(
          stored.map((entry) => entry.text),
          Array.from({ length: last }, (_, index) => `line ${index + 1}\n`),
        )
        assert.equal(await ingest.acked('web-1', 's'), last)
      }),
      { numRuns: 25 },
    )
  })

  it('shows a gap with its size, and a hole that the agent did not know of', async () => {
    const { logs, ingest } = await makeIngest()
    await ingest.ingest('web-1', {
      spoolId: 's',
      records: [chunk(1), record({ number: 4, gap: { firstNumber: 2, lastNumber: 4, bytes: 77 } }), chunk(9)],
    })
    const stored = await logs.read({ host: 'web-1' })
    assert.deepEqual(
      stored.map((entry) => [entry.text, entry.gapBytes > 0]),
      [
        ['line 1\n', false],
        ['', true],
        ['', true],
        ['line 9\n', false],
      ],
    )
    assert.equal(stored[1]!.gapBytes, 77)
  })

  it('keeps the cursors of two spools of one host apart', async () => {
    const { ingest } = await makeIngest()
    await ingest.ingest('web-1', { spoolId: 'old', records: [chunk(1), chunk(2)] })
    assert.equal(await ingest.ingest('web-1', { spoolId: 'new', records: [chunk(1)] }), 1)
    assert.equal(await ingest.acked('web-1', 'old'), 2)
  })

  it('stores counter windows once, however often they are sent, and adds up the parts of one', async () => {
    const { counters, ingest } = await makeIngest()
    const windows = {
      ...{ startMs: 10_000, widthMs: 10_000, apps: ['', 'hello'], names: Buffer.from('fetch_ms\nqueue\n') },
      ...{ app: Uint8Array.of(1, 0), kinds: Uint8Array.of(timer, gauge), sums: doubles(3, 7) },
      ...{ counts: doubles(2), sumsOfSquares: doubles(5), mins: doubles(1), maxs: doubles(2) },
    }
    const old = { startMs: 10_000, widthMs: 10_000, app: 'hello', name: 'fetch_ms', count: 1, sum: 4 }
    const records = [
      record({ number: 1, counterWindows: windows }),
      record({ number: 2, counterWindow: { ...old, sumOfSquares: 16, min: 4, max: 4 } }),
    ]
    const sends = [records.slice(0, 1), records, records]
    await Promise.all(sends.map((some) => ingest.ingest('web-1', { spoolId: 's', records: some })))
    const common = { host: 'web-1', startMs: 10_000, widthMs: 10_000 }
    assert.deepEqual(await counters.read({ name: 'fetch_*' }), [
      { ...common, app: 'hello', name: 'fetch_ms', count: 3, sum: 7, sumOfSquares: 21, min: 1, max: 4 },
    ])
    assert.deepEqual(await counters.read({ app: '' }), [
      { ...common, app: '', name: 'queue', count: 1, sum: 7, sumOfSquares: 49, min: 7, max: 7 },
    ])
  })

  it('shows a record of counters that does not add up as a gap', async () => {
    const { logs, counters, ingest } = await makeIngest()
    const one = { startMs: 0, widthMs: 10_000, apps: [''], names: Buffer.from('x\n'), sums: doubles(1) }
    const byte = Uint8Array.of(0)
    const good = { ...one, app: byte, kinds: byte }
    const bad = [
      ...[
        { ...good, sums: doubles() },
        { ...good, sums: byte },
        { ...good, app: Uint8Array.of(3) },
      ],
      ...[
        { ...good, counts: doubles(2) },
        { ...good, sums: doubles(Number.NaN) },
        { ...good, names: Buffer.from('x') },
      ],
    ]
    const records = bad.map((counterWindows, index) => record({ number: index + 1, counterWindows }))
    assert.equal(await ingest.ingest('web-1', { spoolId: 's', records }), 6)
    assert.deepEqual(await counters.read({}), [])
    assert.equal((await logs.read({ host: 'web-1' })).filter(({ gapBytes }) => gapBytes > 0).length, 6)
  })

  it('shows a window that is no number as a gap and goes on; refuses numbers that do not rise', async () => {
    const { logs, counters, ingest } = await makeIngest()
    const bad = { name: 'x', startMs: 0, widthMs: 10_000, count: 1, sum: Number.NaN, sumOfSquares: 0, min: 0, max: 0 }
    const records = [record({ number: 1, counterWindow: bad }), chunk(3), chunk(2), chunk(4)]
    assert.equal(await ingest.ingest('web-1', { spoolId: 's', records }), 4)
    assert.deepEqual(await counters.read({}), [])
    const texts = (await logs.read({ host: 'web-1' })).map((entry) => (entry.gapBytes > 0 ? 'gap' : entry.text))
    assert.deepEqual(texts, ['gap', 'gap', 'line 3\n', 'line 4\n'])
  })
})
