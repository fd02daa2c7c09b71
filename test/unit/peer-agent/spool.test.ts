import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { Spool, type SpoolBody } from '../../../peer-agent/spool/spool.ts'
import type { SpoolRecord } from '../../../proto/session.ts'
import { seededRandom } from '../../../runtime/random.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-spool-'))
after(() => rmSync(root, { recursive: true }))

const random = seededRandom(1)
const open = (directory: string, maxBytes = 64 * 1024 * 1024) => Spool.open({ directory, maxBytes }, { random })
const fresh = () => mkdtempSync(join(root, 'spool-'))
const chunk = (text: string, stream = 'agent'): SpoolBody => ({
  logChunk: { stream, rolloutId: 'r', app: '', releaseId: '', atMs: 1, data: Buffer.from(text), final: false },
})
const textOf = (record: SpoolRecord) => Buffer.from(record.logChunk?.data ?? []).toString()

function readAll(spool: Spool, after = 0): SpoolRecord[] {
  const records: SpoolRecord[] = []
  for (let last = after; last < spool.lastNumber; last = records.at(-1)!.number) {
    const batch = spool.read(last, spool.lastNumber, 4096)
    assert.ok(batch.length > 0, `nothing read after ${last} of ${spool.lastNumber}`)
    records.push(...batch)
  }
  return records
}

function newestSegment(directory: string): string {
  return join(
    directory,
    readdirSync(directory)
      .filter((name) => name.endsWith('.seg'))
      .sort()
      .at(-1)!,
  )
}

describe('spool', () => {
  it('numbers records from 1 and sequences from 0, and goes on with both after it was opened again', async () => {
    const directory = fresh()
    const first = await open(directory)
    first.append(chunk('a'))
    first.append(chunk('b', 'app.stdout'))
    first.close()
    const second = await open(directory)
    assert.equal(second.id, first.id)
    second.append(chunk('c'))
    const records = readAll(second)
    assert.deepEqual(
      records.map((record) => [record.number, record.logChunk?.sequence, textOf(record)]),
      [
        [1, 0, 'a'],
        [2, 0, 'b'],
        [3, 1, 'c'],
      ],
    )
    second.close()
  })

  it('reads on from where the last batch ended while more is appended', async () => {
    const spool = await open(fresh())
    const seen: number[] = []
    for (let round = 0; round < 50; round++) {
      for (let count = 0; count < 7; count++) spool.append(chunk(`${round}`.repeat(50)))
      const through = spool.lastNumber - 2
      seen.push(...spool.read(seen.at(-1) ?? 0, through, 1 << 20).map((record) => record.number))
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 348 }, (_, index) => index + 1),
    )
    spool.close()
  })

  it('keeps a mark with its record, and neither when the write was cut off', async () => {
    const directory = fresh()
    const spool = await open(directory)
    spool.append(chunk('one'), { key: 'file', value: 3 })
    spool.close()
    const whole = statSync(newestSegment(directory)).size
    const again = await open(directory)
    again.append(chunk('two'), { key: 'file', value: 6 })
    again.close()
    truncateSync(newestSegment(directory), statSync(newestSegment(directory)).size - 1)
    const last = await open(directory)
    assert.equal(last.lastNumber, 1)
    assert.equal(last.mark('file'), 3)
    assert.equal(statSync(newestSegment(directory)).size, whole)
    last.close()
  })

  it('never takes more room than it may: the oldest go and a gap stands in their place', async () => {
    const directory = fresh()
    const maxBytes = 1024 * 1024
    const spool = await open(directory, maxBytes)
    for (let count = 0; count < 400; count++) spool.append(chunk(`${count}`.padEnd(8_000)))
    assert.ok(spool.bytes <= maxBytes, `${spool.bytes}`)
    const records = readAll(spool)
    const gap = records[0]!.gap!
    assert.equal(gap.firstNumber, 1)
    assert.equal(records[0]!.number, gap.lastNumber)
    assert.ok(gap.bytes > 8_000 * gap.lastNumber)
    assert.equal(records[1]!.number, gap.lastNumber + 1)
    assert.equal(textOf(records.at(-1)!).trim(), '399')
    // What is dropped later, after this gap was sent, is a gap of its own.
    for (let count = 0; count < 100; count++) spool.append(chunk('x'.padEnd(8_000)))
    const next = readAll(spool, gap.lastNumber)
    assert.equal(next[0]!.gap?.firstNumber, gap.lastNumber + 1)
    spool.close()
    const reopened = await open(directory, maxBytes)
    assert.deepEqual(readAll(reopened, gap.lastNumber)[0], next[0])
    reopened.close()
  })

  it('gives the room back once everything is acknowledged, and keeps counting', async () => {
    const directory = fresh()
    const spool = await open(directory, 1024 * 1024)
    for (let count = 0; count < 100; count++) spool.append(chunk('x'.padEnd(4_000)))
    spool.acknowledge(100)
    assert.ok(spool.bytes < 64 * 1024, `${spool.bytes}`)
    spool.close()
    const again = await open(directory, 1024 * 1024)
    again.append(chunk('next'))
    assert.deepEqual(
      readAll(again, 100).map((record) => [record.number, record.logChunk?.sequence]),
      [[101, 100]],
    )
    again.close()
  })

  it('skips the numbers the coordinator has stored but this disk has lost', async () => {
    const spool = await open(fresh())
    spool.append(chunk('a'))
    spool.acknowledge(10)
    spool.append(chunk('b'))
    assert.equal(readAll(spool, 10)[0]?.number, 11)
    spool.close()
  })

  it('tells what damage in an older segment took away', async () => {
    const directory = fresh()
    const spool = await open(directory, 1024 * 1024)
    for (let count = 0; count < 40; count++) spool.append(chunk('x'.padEnd(4_000)))
    spool.close()
    const oldest = join(
      directory,
      readdirSync(directory)
        .filter((name) => name.endsWith('.seg'))
        .sort()[0]!,
    )
    truncateSync(oldest, 10_000)
    const damaged = await open(directory, 1024 * 1024)
    const records = readAll(damaged)
    assert.ok(records.some((record) => record.gap !== null))
    assertUnbroken(records, 0)
    damaged.close()
  })

  it('begins anew beside files that are not its own', async () => {
    const directory = fresh()
    writeFileSync(join(directory, 'README'), 'hello')
    const spool = await open(directory)
    assert.equal(spool.lastNumber, 0)
    spool.close()
  })
})

/** Numbers grow by one; a gap covers what is missing. */
function assertUnbroken(records: readonly SpoolRecord[], after: number): void {
  let last = after
  for (const record of records) {
    assert.equal(record.gap ? record.gap.firstNumber : record.number, last + 1)
    last = record.number
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('append' as const), bytes: fc.integer({ min: 0, max: 9_000 }) }),
    fc.record({ do: fc.constant('send' as const), bytes: fc.integer({ min: 1, max: 40_000 }) }),
    fc.record({ do: fc.constant('reconnect' as const) }),
    fc.record({ do: fc.constant('kill' as const), torn: fc.integer({ min: 0, max: 10_000 }) }),
  ),
  { minLength: 1, maxLength: 120 },
)

describe('spool, as a property', () => {
  it('delivers every record once and in order, or a gap for it, whatever is killed and dropped', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const directory = fresh()
        const options = 256 * 1024
        let spool = await open(directory, options)
        // What the coordinator stored: numbers, in the order in which they came.
        let stored = 0
        let position = 0
        let synced = { file: '', bytes: 0 }
        const contents = new Map<number, string>()
        let appended = 0
        for (const step of script) {
          if (step.do === 'append') {
            const text = `${appended++}:`.padEnd(step.bytes, '.')
            spool.append(chunk(text))
            contents.set(spool.lastNumber, text)
          } else if (step.do === 'send') {
            await spool.sync()
            const file = newestSegment(directory)
            synced = { file, bytes: statSync(file).size }
            const records = spool.read(position, spool.lastNumber, step.bytes)
            assertUnbroken(records, position)
            for (const record of records) if (record.logChunk) assert.equal(textOf(record), contents.get(record.number))
            position = records.at(-1)?.number ?? position
            stored = position
            spool.acknowledge(stored)
          } else if (step.do === 'reconnect') {
            position = stored
            spool.acknowledge(stored)
          } else {
            spool.close()
            const file = newestSegment(directory)
            const floor = file === synced.file ? synced.bytes : 0
            truncateSync(file, Math.max(floor, statSync(file).size - step.torn))
            spool = await open(directory, options)
            assert.ok(spool.lastNumber >= stored, 'a number that was stored would be given again')
            position = stored
          }
          assert.ok(spool.bytes <= options)
        }
        const rest = readAll(spool, stored)
        assertUnbroken(rest, stored)
        for (const record of rest) if (record.logChunk) assert.equal(textOf(record), contents.get(record.number))
        spool.close()
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 150 },
    )
  })
})
