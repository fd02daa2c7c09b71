import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { parseMoment } from '../../../cli/options.ts'
import { CommandLine, rookery } from '../../support/command-line.ts'
import { CoordinatorFixture } from '../../support/coordinator-fixture.ts'

describe('rookery logs', () => {
  let fixture: CoordinatorFixture
  const run = (...args: string[]) => rookery(['--coordinator', fixture.url, 'logs', ...args])
  const asked = () => {
    const { pathname, searchParams } = new URL(fixture.requests.at(-1)!.line.split(' ')[1]!, fixture.url)
    return { path: pathname, ...Object.fromEntries(searchParams) }
  }
  const texts = (stdout: string) => stdout.split('\n').flatMap((line) => line.split(' | ')[1] ?? [])

  before(async () => {
    fixture = new CoordinatorFixture()
    await fixture.start()
  })
  after(() => fixture.stop())
  beforeEach(() => {
    fixture.logs.length = 0
    fixture.removed = []
  })

  it('asks for what its filters say', async () => {
    const filters = ['--pool', 'web', '--level', 'warn', '--grep', 'a b', '--regex', '--app', 'hello']
    assert.equal((await run(...filters, '--since', '2026-01-31T10:00Z', '--until', '2026-01-31T11:00Z')).exitCode, 0)
    assert.deepEqual(asked(), {
      ...{ path: '/api/v1/logs', pool: 'web', level: 'warn', text: 'a b', regex: 'true', app: 'hello' },
      ...{ fromMs: String(Date.UTC(2026, 0, 31, 10)), toMs: String(Date.UTC(2026, 0, 31, 11)) },
      ...{ after: '0', limit: '1000' },
    })
  })

  it('refuses what it does not understand before it asks', async () => {
    for (const args of [
      ['--since', 'yesterday'],
      ['--regex'],
      ['--tail', '0'],
      ['--level', 'loud'],
      ['--tail', '1', '--after', '1'],
    ])
      assert.equal((await run(...args)).exitCode, 2, args.join(' '))
  })

  it('prints the last lines, and follows from there', async () => {
    for (let line = 1; line <= 20; line++) fixture.log(`line ${line}\n`)
    assert.deepEqual(texts((await run('--tail', '2')).stdout), ['line 19', 'line 20'])
    const following = new CommandLine(['--coordinator', fixture.url, 'logs', '-f'])
    await following.printed('line 20')
    fixture.log('line 21\n')
    await following.printed('line 21')
    following.interrupt()
    const lines = texts((await following.ended).stdout)
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [11, 'line 11', 'line 21'])
  })

  it('says what was left out, what is gone, and where the rest is', async () => {
    fixture.log('', { gapBytes: 1_258_291, gapLimit: 262_144 })
    const about = { day: '2026-01-30', rolloutId: 'r-1', entries: 3, bytes: 2_048 }
    fixture.removed = [
      { ...about, file: null },
      { ...about, day: '2026-01-31', file: null },
      { ...about, file: '/archive/2026-01-30/r-1.ndjson.zst' },
    ]
    const { stdout, stderr } = await run()
    assert.deepEqual(texts(stdout), ['… 1.2 MiB left out: more than 256 KiB/s …'])
    assert.match(stderr, /4\.0 KiB of 2026-01-30 to 2026-01-31 were removed by age or size and are gone/)
    assert.match(stderr, /2\.0 KiB of 2026-01-30 are archived .*: \/archive\/2026-01-30\/r-1\.ndjson\.zst/)
  })

  it('reads times as people write them', () => {
    const nowMs = Date.UTC(2026, 0, 31)
    assert.equal(parseMoment('10m', nowMs), nowMs - 600_000)
    assert.equal(parseMoment('2026-01-30', nowMs), new Date(2026, 0, 30).getTime())
    assert.equal(parseMoment('2026-01-30T10:00:00Z', nowMs), Date.UTC(2026, 0, 30, 10))
    for (const text of ['', '12', 'tomorrow']) assert.throws(() => parseMoment(text, nowMs), { code: 'USAGE' })
  })
})
