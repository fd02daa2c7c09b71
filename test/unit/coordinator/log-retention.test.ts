import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import type { LogsConfig } from '../../../coordinator/logs/config.ts'
import { LogRetention } from '../../../coordinator/logs/retention/log-retention.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { LogFixture } from '../../support/log-fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-retention-'))
after(() => rmSync(root, { recursive: true }))

const dayMs = 24 * 3_600_000

/** Removes what is due; its pauses are real, so that the clock of the test may stand still. */
async function sweep(log: LogFixture, config: Partial<LogsConfig> = {}): Promise<void> {
  const all = { keepDays: 3, maxBytes: 1 << 40, hostMaxBytesPerSecond: 1, exports: [], ...config }
  const clock = { ...systemClock, now: () => log.clock.now() }
  const { store, removals } = log
  await new LogRetention(all, { store, removals, clock, logger: silentLogger() }).sweep()
}

async function days(log: LogFixture, count: number): Promise<void> {
  for (let day = 1; day <= count; day++) {
    await log.write(`a${day}\n`)
    await log.write(`b${day}\n`, { rolloutId: 'r-2', host: 'web-2' })
    await log.write('', { gapBytes: 5, gapLimit: 9 })
    log.clock.advance(dayMs)
  }
}

describe('retention of the log', () => {
  it('removes what is older than it may be, notes it, and tells it from what never was', async () => {
    const log = await LogFixture.open()
    await days(log, 6)
    await sweep(log)
    assert.equal(await log.text({ rollout: 'r-2' }), 'b4\nb5\nb6\n')
    const { removed, entries } = await log.reader.page(log.select({ rollout: 'r-1' }), { after: 0, limit: 100 })
    assert.deepEqual(
      removed.map(({ day, rolloutId, entries: count, bytes, file }) => [day, rolloutId, count, bytes, file]),
      [
        ['2026-01-31', 'r-1', 2, 3, null],
        ['2026-02-01', 'r-1', 2, 3, null],
        ['2026-02-02', 'r-1', 2, 3, null],
      ],
    )
    const next = await log.reader.page(log.select({ rollout: 'r-1' }), { after: entries[0]!.id, limit: 100 })
    assert.deepEqual(next.removed, [])
    const tail = await log.reader.tail(log.select({ rollout: 'r-1' }), { lines: 100 })
    assert.deepEqual([tail.done, tail.removed], [true, removed])
    const never = await log.reader.page(log.select({ rollout: 'r-3' }), { after: 0, limit: 100 })
    assert.deepEqual([never.entries, never.removed], [[], []])
  })

  it('removes the oldest when there are too many bytes, and no more than that', async () => {
    const log = await LogFixture.open()
    for (let count = 0; count < 40; count++) await log.write(`${String(count).padEnd(999)}\n`)
    await sweep(log, { maxBytes: 10_000 })
    assert.equal(await log.store.totalBytes(), 10_000)
    assert.match(await log.text({}), /^30 /)
    const { removed } = await log.reader.page(log.select({}), { after: 0, limit: 1 })
    assert.deepEqual(removed, [{ day: '2026-01-31', rolloutId: 'r-1', entries: 30, bytes: 30_000, file: null }])
    await sweep(log, { maxBytes: 10_000 })
    assert.equal(await log.store.totalBytes(), 10_000)
  })

  it('archives a file a day and rollout, which is read as if nothing had happened', async () => {
    const directory = join(root, 'archive')
    const log = await LogFixture.open(directory)
    await days(log, 5)
    await log.write('odd \xff', { rolloutId: '../../etc' })
    await log.store.append([log.chunk('', { rolloutId: '../../etc', data: Buffer.from([0x66, 0xff, 0x0a]) })])
    const before = await log.text({ rollout: 'r-1' })
    log.clock.advance(10 * dayMs)
    await log.write('a new\n')
    await sweep(log, { archive: { directory } })
    assert.equal(await log.text({ rollout: 'r-1' }), `${before}a new\n`)
    assert.equal(await log.text({ rollout: 'r-1' }, 1), `${before}a new\n`)
    assert.equal(await log.text({ rollout: 'r-1', text: 'a3' }), `${before.replace(/a[^3]\n/g, '')}`)
    assert.equal(await log.store.newestId(), 18)
    assert.equal((await log.store.read({})).length, 1)
    const { removed } = await log.reader.page(log.select({}), { after: 0, limit: 100 })
    assert.deepEqual(
      removed.map(({ file }) => file).sort(),
      [
        ...[1, 2, 3, 4].flatMap((day) => [`2026-02-0${day}/r-1.ndjson.zst`, `2026-02-0${day}/r-2.ndjson.zst`]),
        '2026-01-31/r-1.ndjson.zst',
        '2026-01-31/r-2.ndjson.zst',
        removed.find(({ rolloutId }) => rolloutId === '../../etc')!.file!,
      ].sort(),
    )
    assert.ok(!existsSync(join(root, 'etc')))
    const [line] = zstdDecompressSync(readFileSync(join(directory, '2026-01-31/r-1.ndjson.zst')))
      .toString()
      .split('\n')
    const { text, host, id } = JSON.parse(line!)
    assert.deepEqual([text, host, id], ['a1\n', 'web-1', 1])
    const odd = removed.find(({ rolloutId }) => rolloutId === '../../etc')!
    const kept = zstdDecompressSync(readFileSync(join(directory, odd.file!))).toString()
    assert.deepEqual(JSON.parse(kept.split('\n')[1]!).base64, Buffer.from([0x66, 0xff, 0x0a]).toString('base64'))
  })

  it('goes on with a file in parts, over what a killed writer left behind', async (test) => {
    const directory = join(root, 'parts')
    const log = await LogFixture.open(directory)
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 10; count++) await log.write(`${[round, count].join(' ').padEnd(999)}\n`)
      await sweep(log, { maxBytes: 1_000, archive: { directory } })
      appendFileSync(join(directory, '2026-01-31/r-1.ndjson.zst'), 'half a frame')
    }
    await sweep(log, { maxBytes: 0, archive: { directory } })
    const path = join(directory, '2026-01-31/r-1.ndjson.zst')
    assert.equal((await log.text({ rollout: 'r-1' })).split('\n').length, 31)
    // Node's own reader ends with the first frame of a file.
    if (spawnSync('zstd', ['--version']).status !== 0) return test.diagnostic('zstd is not installed')
    const lines = execFileSync('zstd', ['-dc', path]).toString()
    assert.equal(lines.split('\n').length, 31)
  })

  it('removes nothing that the archive has not given back as it was', async () => {
    const directory = join(root, 'full')
    writeFileSync(directory, 'a file where a directory should be')
    const log = await LogFixture.open(directory)
    await days(log, 6)
    const before = await log.text({})
    await assert.rejects(sweep(log, { archive: { directory: join(directory, 'x') } }))
    assert.equal(await log.text({}), before)
  })

  it('goes on where it was killed between the archive and the last row', async () => {
    const directory = join(root, 'killed')
    const log = await LogFixture.open(directory)
    await days(log, 6)
    const before = await log.text({ rollout: 'r-2' })
    const { begin, finish, deleteSome } = log.removals
    const deaths = { begin, finish, deleteSome }
    for (const step of ['deleteSome', 'finish'] as const) {
      Object.assign(log.removals, { [step]: () => Promise.reject(new Error('killed')) })
      await assert.rejects(sweep(log, { archive: { directory } }), /killed/)
      assert.equal(await log.text({ rollout: 'r-2' }), before)
      Object.assign(log.removals, { [step]: deaths[step] })
    }
    await sweep(log, { archive: { directory } })
    assert.equal(await log.text({ rollout: 'r-2' }), before)
    assert.deepEqual(await log.removals.underWay(), [])
    assert.equal((await log.store.read({})).length, 9)
  })

  it('says that an archive is away instead of showing less', async () => {
    const directory = join(root, 'away')
    const log = await LogFixture.open(directory)
    await days(log, 6)
    await sweep(log, { archive: { directory } })
    rmSync(directory, { recursive: true })
    await assert.rejects(log.text({ rollout: 'r-1' }), { code: 'UNAVAILABLE' })
    assert.equal(await log.text({ rollout: 'r-4' }), '')
  })
})
