import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { LogEntry, LogPage } from '../../proto/http/logs.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { OtlpReceiver } from '../support/log-receivers.ts'
import { RookeryProcess, rookery } from '../support/process.ts'
import { sampleApp } from '../support/sample-app.ts'

/** Counts its lines, and says or floods what it is asked to. */
const talker = `
  import { createServer } from 'node:http'
  let ticks = 0
  setInterval(() => console.log('tick ' + ticks++), 5)
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost')
    if (pathname === '/say') console.log(searchParams.get('text'))
    if (pathname === '/flood')
      for (let line = 0; line < Number(searchParams.get('lines')); line++) console.error(('flood ' + line + ' ').padEnd(99, '.'))
    response.end(String(ticks))
  })
  server.listen(Number(process.env.PORT), '127.0.0.1')
  process.on('SIGTERM', () => process.exit(0))
`
const floodLineBytes = 100

describe('logs of a flock', () => {
  const receiver = new OtlpReceiver()
  let flock: Flock
  /** @returns how many lines the app has counted. */
  const call = async (host: string, path: string) => Number(await (await fetch(flock.appUrl(host, path))).text())
  const cli = (...args: string[]) => ['--coordinator', flock.url, 'logs', ...args]

  /** All that is stored of a stream. */
  async function read(query: Record<string, string>): Promise<LogEntry[]> {
    const entries: LogEntry[] = []
    for (let next = 0, done = false; !done; ) {
      const page = await flock.api<LogPage>('GET', `/logs?${new URLSearchParams({ ...query, after: String(next) })}`)
      entries.push(...page.entries)
      ;({ next, done } = page)
    }
    return entries
  }
  const textOf = (entries: readonly LogEntry[]) => entries.map(({ text }) => text).join('')
  const ticks = (text: string) => [...text.matchAll(/^tick (\d+)$/gm)].map(([, number]) => Number(number))

  before(async () => {
    flock = new Flock({
      pools: { web: ['web-1'], small: ['web-2'] },
      agents: {
        'web-1': { 'logs.maxBytesPerSecond': 20_000, 'logs.burstBytes': 65_536 },
        'web-2': {
          'spool.maxBytes': 1024 * 1024,
          ...{ 'logs.maxBytesPerSecond': 1e9, 'logs.burstBytes': 1e9, 'logs.hostMaxBytesPerSecond': 1e9 },
        },
      },
      coordinator: {
        'logs.exports': [{ name: 'collector', otlp: `http://127.0.0.1:${await receiver.listen()}/v1/logs` }],
      },
    })
    await flock.start()
    const repository = join(flock.directory, 'repository')
    const app = { ...sampleApp({ version: 'v1' }), 'server.js': talker }
    const [commit] = makeRepository(repository, [app])
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commit }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
  })
  after(async () => {
    await flock.stop()
    await receiver.close()
  })

  it('show a line well under a second after it was written', async (test: TestContext) => {
    const following = new RookeryProcess(cli('-f', '--host', 'web-1', '--grep', 'mark'))
    const delays: number[] = []
    try {
      await eventually('it follows', async () => {
        await call('web-1', '/say?text=mark+first')
        return following.stdout.includes('mark first')
      })
      following.child.stdout!.setMaxListeners(20)
      for (let round = 0; round < 10; round++) {
        const atMs = performance.now()
        const arrived = new Promise<void>((resolve) => {
          following.child.stdout!.on('data', () => following.stdout.includes(`mark ${round}.`) && resolve())
        })
        await call('web-1', `/say?text=mark+${round}.`)
        await arrived
        delays.push(performance.now() - atMs)
      }
    } finally {
      await following.kill('SIGINT')
    }
    delays.sort((a, b) => a - b)
    test.diagnostic(
      `from an app to a command line: median ${delays[5]!.toFixed(0)} ms, worst ${delays[9]!.toFixed(0)} ms`,
    )
    assert.ok(delays[5]! < 2_000, `${delays}`)
    assert.doesNotMatch(following.stdout, /tick/)
  })

  it('lose nothing, tell nothing twice and keep their order while the coordinator is away', async () => {
    const following = new RookeryProcess(cli('-f', '--json', '--host', 'web-1', '--stream', 'app.stdout'))
    const heard = () =>
      following.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogEntry)
    try {
      await eventually('it follows', () => heard().length > 10)
      await flock.process('coordinator').kill('SIGKILL')
      // What full spools and floods make of it is for the other tests, which look at what happens now.
      await call('web-2', '/flood?lines=40000')
      const ticked = await call('web-1', '/')
      await eventually('the app went on', async () => (await call('web-1', '/')) > ticked + 300)
      await flock.startService('coordinator')
      await call('web-1', '/say?text=it+is+over')
      await eventually('all of it was heard', () => textOf(heard()).includes('it is over'))
    } finally {
      await following.kill('SIGINT')
    }
    for (const entries of [await read({ host: 'web-1', stream: 'app.stdout' }), heard()]) {
      assert.deepEqual(
        entries.filter(({ gapBytes }) => gapBytes > 0),
        [],
      )
      const numbers = ticks(textOf(entries))
      const [first] = numbers
      assert.ok(numbers.length > 500, `${numbers.length}`)
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => first! + index),
      )
      const sequences = entries.map(({ sequence }) => sequence)
      assert.deepEqual(
        sequences,
        sequences.map((_, index) => sequences[0]! + index),
      )
    }
    assert.equal(ticks(textOf(await read({ host: 'web-1', stream: 'app.stdout' })))[0], 0)
  })

  it('say of a full spool how much of which stream is gone: the oldest', async () => {
    const entries = await eventually('the last line came', async () => {
      const all = await read({ host: 'web-2', stream: 'app.stderr' })
      return textOf(all).includes('flood 39999 ') && all
    })
    const text = textOf(entries)
    const gaps = entries.filter(({ gapBytes }) => gapBytes > 0)
    const lostBytes = gaps.reduce((sum, { gapBytes }) => sum + gapBytes, 0)
    assert.ok(lostBytes > 1_000_000, `${lostBytes}`)
    assert.equal(text.length + lostBytes, 40_000 * floodLineBytes)
    assert.deepEqual([gaps[0]!.gapLimit, gaps[0]!.host, gaps[0]!.stream], [0, 'web-2', 'app.stderr'])
    // What is left is the newest, whole.
    const numbers = [...text.matchAll(/^flood (\d+) /gm)].map(([, number]) => Number(number))
    assert.deepEqual(
      numbers.slice(-5_000),
      Array.from({ length: 5_000 }, (_, index) => 35_000 + index),
    )
    const shown = await rookery(cli('--host', 'web-2', '--stream', 'app.stderr'))
    assert.match(shown.stdout, /… [\d.]+ [KM]iB of this log were lost here …/)
  })

  it('leave out what is more than a stream may write, and count it, while others are heard', async () => {
    await call('web-1', '/flood?lines=20000')
    await call('web-1', '/say?text=still+here')
    const entries = await eventually('all of the flood is told', async () => {
      const all = await read({ host: 'web-1', stream: 'app.stderr' })
      const told = all.reduce((sum, { text, gapBytes }) => sum + text.length + gapBytes, 0)
      return told === 20_000 * floodLineBytes && all
    })
    const gaps = entries.filter(({ gapBytes }) => gapBytes > 0)
    assert.ok(gaps.length > 0 && gaps.every(({ gapLimit }) => gapLimit === 20_000), JSON.stringify(gaps))
    const others = await eventually('the other stream came', async () => {
      const all = await read({ host: 'web-1', stream: 'app.stdout' })
      return textOf(all).includes('still here') && all
    })
    const numbers = ticks(textOf(others))
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index),
    )
    const shown = await rookery(cli('--host', 'web-1', '--stream', 'app.stderr', '--grep', 'nothing has this'))
    assert.match(shown.stdout, /… 1\.\d MiB left out: more than 19\.5 KiB\/s …/)
  })

  it('are found by pool, level, text and time', async () => {
    await call('web-1', '/say?text=ERROR+needle+1')
    await call('web-2', '/say?text=INFO+needle+2')
    await eventually('both are stored', async () => textOf(await read({ text: 'needle' })).split('\n').length === 3)
    const found = async (...args: string[]) => (await rookery(cli(...args))).stdout.match(/needle \d/g) ?? []
    const [recent, bad, small, old, last] = await Promise.all([
      found('--grep', 'needle', '--since', '1m'),
      found('--grep', 'needle', '--level', 'warn'),
      found('--grep', 'needle', '--pool', 'small'),
      found('--grep', 'needle', '--until', '1m'),
      found('--grep', 'needle [^1]$', '--regex', '--tail', '5'),
    ])
    assert.deepEqual([recent!.sort(), bad, small, old], [['needle 1', 'needle 2'], ['needle 1'], ['needle 2'], []])
    assert.deepEqual(last, ['needle 2'])
  })

  it('were exported, each line of them, over the death of the coordinator', async () => {
    const exported = () => {
      const own = receiver.records.filter(({ attributes }) => attributes['host.name'] === 'web-1')
      return [...new Set(own.filter(({ text }) => text.startsWith('tick ')).map(({ text }) => text))]
    }
    await eventually('the needle was exported', () => receiver.records.some(({ text }) => text === 'ERROR needle 1'))
    assert.deepEqual(
      exported(),
      exported().map((_, index) => `tick ${index}`),
    )
    const metrics = await (await fetch(`${flock.url}/metrics`)).text()
    assert.match(metrics, /rookery_log_export_lag_seconds\{export="collector"\} \d/)
    assert.match(metrics, /rookery_log_export_refused_lines_total\{export="collector"\} 0/)
  })
})
