import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { followLogs } from '../../../coordinator/logs/follow-logs.ts'
import { levelOf } from '../../../runtime/log-level.ts'
import { eventually } from '../../support/eventually.ts'
import { LogFixture } from '../../support/log-fixture.ts'

describe('reading the log', () => {
  it('selects by rollout, release, app, host, pool, stream and time, in any combination', async () => {
    const log = await LogFixture.open()
    await log.write('one\n')
    await log.write('two\n', { host: 'api-1', rolloutId: 'r-2' })
    log.clock.advance(3_600_000)
    await log.write('three\n', { stream: 'app.stderr', releaseId: 'hello-2' })
    await log.write('four\n', { app: 'other', host: 'api-1' })
    assert.equal(await log.text({}), 'one\ntwo\nthree\nfour\n')
    assert.equal(await log.text({ rollout: 'r-2' }), 'two\n')
    assert.equal(await log.text({ release: 'hello-2' }), 'three\n')
    assert.equal(await log.text({ app: 'other' }), 'four\n')
    assert.equal(await log.text({ host: 'web-1', stream: 'app.stderr' }), 'three\n')
    assert.equal(await log.text({ pool: 'api' }), 'two\nfour\n')
    assert.equal(await log.text({ pool: 'api', rollout: 'r-1' }), 'four\n')
    assert.equal(await log.text({ fromMs: log.clock.now() }), 'three\nfour\n')
    assert.equal(await log.text({ toMs: log.clock.now() }), 'one\ntwo\n')
    assert.equal(await log.text({ toMs: log.clock.now(), pool: 'web' }), 'one\n')
  })

  it('finds lines, not chunks, by level, text and pattern; keeps lines without a level, and gaps', async () => {
    const log = await LogFixture.open()
    await log.write('INFO first\nERR')
    await log.write('other host\n', { host: 'api-1' })
    await log.write('OR second\n    at x.js:1\nINFO third ')
    await log.write('', { gapBytes: 77 })
    await log.write('\x1b[33mwarn\x1b[0m: fourth\r\n')
    assert.equal(
      await log.text({ level: 'warn', host: 'web-1' }),
      'ERROR second\n    at x.js:1\n<gap 77>\x1b[33mwarn\x1b[0m: fourth\r\n',
    )
    assert.equal(await log.text({ text: 'ROR sec' }), 'ERROR second\n<gap 77>')
    assert.equal(await log.text({ text: 'warn: fourth$', regex: true }), '<gap 77>\x1b[33mwarn\x1b[0m: fourth\r\n')
    assert.equal(await log.text({ text: 'third' }), 'INFO third <gap 77>')
    assert.equal(await log.text({ text: 'fourth', level: 'error' }), '<gap 77>')
  })

  it('gives last words without a line break to whoever asks, but not while their line goes on', async () => {
    const log = await LogFixture.open()
    await log.write('panic: no')
    assert.equal(await log.text({ text: 'panic' }), 'panic: no')
    assert.equal(await log.tail({ text: 'panic' }, 5), 'panic: no')
    await log.write(' memory\n')
    assert.equal(await log.text({ text: 'panic' }, 1), 'panic: no memory\n')
    await log.write('bye', { final: true })
    await log.write('not the same line\n')
    assert.equal(await log.text({ text: 'bye' }), 'bye')
  })

  it('finds the same lines in pages of any size, from the end, and live, however lines are cut', async () => {
    const hosts = ['web-1', 'web-2']
    const chunk = fc.record({
      host: fc.constantFrom(...hosts),
      text: fc.array(fc.constantFrom('x', 'yes', 'no', '\n', 'ERROR ', '{"level":30}'), { minLength: 1, maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 9 }),
        async (chunks, limit, lines) => {
          const log = await LogFixture.open()
          const query = { text: 'yes', level: 'error' } as const
          const heard: string[] = []
          const gone = new AbortController()
          const watcher = {
            isGone: () => gone.signal.aborted,
            taken: async () => {},
            send: ({ text }: { text: string }) => void heard.push(text),
            onGone: (task: () => void) => gone.signal.addEventListener('abort', task),
          }
          const following = followLogs(watcher, { selection: log.select(query), from: 0 }, log)
          for (const { host, text } of chunks) await log.write(text.join(''), { host })
          // Ends every line, so that none is under way.
          for (const host of hosts) await log.write('\nyes end\n', { host })
          await eventually('all was heard', async () => heard.join('').split('yes end\n').length === hosts.length + 1)
          gone.abort()
          await following
          const isWanted = (line: string) => line.includes('yes') && (levelOf(line) ?? 'error') === 'error'
          const expected = hosts.flatMap((host) => {
            const own = chunks.filter((one) => one.host === host).map(({ text }) => text.join(''))
            return `${own.join('')}\nyes end\n`.split('\n').filter(isWanted)
          })
          const whole = await log.text(query)
          const wanted = (text: string) => text.split('\n').filter((line) => line !== '')
          assert.deepEqual(wanted(whole).sort(), expected.sort())
          assert.equal(await log.text(query, limit), whole)
          assert.equal(heard.join(''), whole)
          assert.deepEqual(wanted(await log.tail(query, lines)), wanted(whole).slice(-lines))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('pages backwards to the last lines, and says where it stands', async () => {
    const log = await LogFixture.open()
    for (let line = 1; line <= 30; line++) await log.write(`line ${line}\nmore of ${line}\n`)
    assert.equal(await log.tail({}, 3), 'more of 29\nline 30\nmore of 30\n')
    assert.equal(await log.tail({ text: 'line' }, 2), 'line 29\nline 30\n')
    const { entries, previous, done } = await log.reader.tail(log.select({}), { lines: 4, before: 11 })
    assert.deepEqual([entries.length, entries[0]?.id, previous, done], [2, 9, 9, false])
    const first = await log.reader.tail(log.select({}), { lines: 100 })
    assert.deepEqual([first.entries.length, first.next, first.done], [30, 30, true])
  })

  it('costs no more a page than it may, and goes on where it stopped', async () => {
    const log = await LogFixture.open()
    const many = Array.from({ length: 25_000 }, (_, index) => log.chunk(`${index}\n`, { host: `web-${index % 7}` }))
    await log.store.append(many)
    const selection = log.select({ text: 'no such text', stream: 'app.stdout' })
    const page = await log.reader.page(selection, { after: 0, limit: 10 })
    assert.deepEqual([page.entries.length, page.done], [0, false])
    assert.ok(page.next >= 20_000 && page.next < 21_100, `${page.next}`)
    assert.equal(await log.text({ text: '24999' }), '24999\n')
  })

  it('refuses a pattern that is none, and ends one that backtracks for ever', async () => {
    const log = await LogFixture.open()
    assert.throws(() => log.select({ text: '(', regex: true }), { code: 'REQUEST_INVALID' })
    await log.write(`${'a'.repeat(60)}b\n`)
    await assert.rejects(log.text({ text: '^(a+)+$', regex: true }), { code: 'REQUEST_INVALID', message: /too long/ })
  })

  it('begins at a time without reading what came before', async () => {
    const log = await LogFixture.open()
    for (let minute = 0; minute < 100; minute++) {
      await log.write(`${minute}\n`)
      log.clock.advance(60_000)
    }
    const fromMs = log.clock.now() - 5 * 60_000
    assert.equal(await log.store.firstStoredFrom(fromMs), 96)
    assert.equal(await log.store.firstStoredFrom(log.clock.now() + 1), 101)
    assert.equal(await log.store.firstStoredFrom(0), 1)
    assert.equal(await log.text({ fromMs }), '95\n96\n97\n98\n99\n')
  })
})
