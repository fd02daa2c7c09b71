import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CounterStore } from '../../../coordinator/counters/counter-store.ts'
import { LogStore } from '../../../coordinator/logs/log-store.ts'
import { SpoolIngest } from '../../../coordinator/session/spool-ingest.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import {
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

  it('stores counter windows once', async () => {
    const { counters, ingest } = await makeIngest()
    const window = {
      name: 'fetch_bytes',
      startMs: 10_000,
      widthMs: 10_000,
      count: 2,
      sum: 3,
      sumOfSquares: 5,
      min: 1,
      max: 2,
      app: 'hello',
    }
    await ingest.ingest('web-1', { spoolId: 's', records: [record({ number: 1, counterWindow: window })] })
    await ingest.ingest('web-1', { spoolId: 's2', records: [record({ number: 1, counterWindow: window })] })
    const { app: _, ...visible } = window
    assert.deepEqual(await counters.read({ name: 'fetch_*' }), [{ ...visible, host: 'web-1' }])
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
