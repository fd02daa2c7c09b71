import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { askProbe, type ProbeResult } from '../../../peer-agent/readiness/probe.ts'
import { awaitReadiness, type RoundContext } from '../../../peer-agent/readiness/readiness.ts'
import { watchReadiness } from '../../../peer-agent/readiness/watch.ts'
import type { Probe, Readiness } from '../../../proto/release-manifest.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { freePorts } from '../../support/free-ports.ts'

let server: Server
let port: number
const statuses: Record<string, number> = { '/ready': 200, '/not': 503, '/moved': 302 }

before(async () => {
  server = createServer((request, response) => {
    const status = statuses[request.url ?? '']
    // Any other path is never answered.
    if (status !== undefined) response.writeHead(status, { location: '/ready' }).end('x')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const ask = (probe: Probe, timeoutMs = 2_000, signal = new AbortController().signal) =>
  askProbe(
    probe,
    {
      ...{ directory: '/tmp', environment: { PORT: String(port), PATH: process.env.PATH! }, timeoutMs, signal },
      redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    },
    systemClock,
  )

describe('probes', () => {
  it('over HTTP take any 2xx, and name status and address otherwise', async () => {
    const url = `http://127.0.0.1:${port}`
    assert.deepEqual(await ask({ http: `http://127.0.0.1:\${PORT}/ready` }), {
      ok: true,
      detail: `HTTP 200 from ${url}/ready`,
    })
    assert.deepEqual(await ask({ http: `${url}/not` }), { ok: false, detail: `HTTP 503 from ${url}/not` })
    assert.equal((await ask({ http: `${url}/moved` })).ok, false)
    assert.deepEqual(await ask({ http: `${url}/hangs` }, 50), {
      ok: false,
      detail: `no answer from ${url}/hangs in 50 ms`,
    })
    const [closed] = await freePorts(1)
    assert.match((await ask({ http: `http://127.0.0.1:${closed}/` })).detail, /ECONNREFUSED/)
    assert.match((await ask({ http: 'not a url' })).detail, /Invalid URL/)
  })

  it('over TCP need a connection', async () => {
    assert.equal((await ask({ tcp: `127.0.0.1:\${PORT}` })).ok, true)
    const [closed] = await freePorts(1)
    assert.match((await ask({ tcp: `127.0.0.1:${closed}` })).detail, /ECONNREFUSED/)
    assert.match((await ask({ tcp: 'host:http' })).detail, /not a port/)
  })

  it('by command take exit code 0', async () => {
    assert.equal((await ask({ command: 'exit 0' })).ok, true)
    assert.deepEqual(await ask({ command: ['sh', '-c', `echo port \${PORT}; exit 4`] }), {
      ok: false,
      detail: `sh exited with code 4: port ${port}`,
    })
    assert.match((await ask({ command: 'sleep 60' }, 50)).detail, /did not end in 50 ms/)
    assert.match((await ask({ command: ['/no/such/program'] })).detail, /could not be started/)
  })

  it('name a variable the host does not have', async () => {
    assert.deepEqual(await ask({ tcp: `127.0.0.1:\${NOWHERE}` }), {
      ok: false,
      detail: `127.0.0.1:\${NOWHERE}: NOWHERE is not set on this host`,
    })
  })

  it('end with the check', async () => {
    const abort = new AbortController()
    const answer = ask({ http: `http://127.0.0.1:${port}/hangs` }, 60_000, abort.signal)
    abort.abort()
    assert.match((await answer).detail, /the check ended/)
  })
})

const readiness: Readiness = { probes: [], intervalMs: 500, timeoutMs: 2_000, successes: 3, healthyDeadlineMs: 10_000 }

/** Rounds follow a script of "app runs" answers; the manual clock is moved whenever a round has been asked. */
function scripted(answers: readonly boolean[]) {
  const clock = new ManualClock()
  let round = 0
  const abort = new AbortController()
  const context: RoundContext = {
    directory: '/tmp',
    environment: {},
    redact: (text) => text,
    signal: abort.signal,
    appRuns: () => answers[Math.min(round++, answers.length - 1)],
  }
  const drive = async (done: Promise<unknown>) => {
    let ended = false
    const end = () => {
      ended = true
    }
    done.then(end, end)
    for (let tick = 0; !ended && tick < 1_000; tick++) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(100)
    }
  }
  return { clock, context, abort, drive, rounds: () => round }
}

describe('readiness', () => {
  it('needs its rounds in a row', async () => {
    const { clock, context, drive } = scripted([true, true, false, true, true, true])
    const answers: ProbeResult[] = []
    const done = awaitReadiness(readiness, context, (answer) => answers.push(answer), clock)
    await drive(done)
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [true, true, false, true, true, true],
    )
    assert.equal((await done).ok, true)
  })

  it('fails after its deadline with the last answer', async () => {
    const { clock, context, drive } = scripted([true, false])
    const done = awaitReadiness(readiness, context, () => {}, clock)
    await drive(done)
    await assert.rejects(done, { code: 'NOT_READY', message: 'not ready after 10000 ms: the app is not running' })
    assert.ok(clock.monotonicMs() < 10_500, `${clock.monotonicMs()}`)
  })

  it('goes on for the time of health, and a round that fails starts over', async () => {
    const minHealthyTimeMs = 3_200
    // Proven at 1,000 ms, lost at 2,000, proven again at 3,500.
    const { clock, context, drive } = scripted([true, true, true, true, false, true])
    const done = awaitReadiness({ ...readiness, minHealthyTimeMs }, context, () => {}, clock)
    await drive(done)
    await done
    assert.ok(clock.monotonicMs() >= 6_700 && clock.monotonicMs() <= 7_000, `${clock.monotonicMs()}`)
  })

  it('of an app that is not healthy for long enough fails after its deadline', async () => {
    const { clock, context, drive } = scripted([true])
    const done = awaitReadiness({ ...readiness, minHealthyTimeMs: 60_000 }, context, () => {}, clock)
    await drive(done)
    const message = 'not ready after 10000 ms: healthy, but for less than 60000 ms'
    await assert.rejects(done, { code: 'NOT_READY', message })
  })

  it('ends with the reason of an abort', async () => {
    const { clock, context, abort } = scripted([false])
    const done = awaitReadiness(readiness, context, () => {}, clock)
    abort.abort(new Error('cancelled'))
    await assert.rejects(done, { message: 'cancelled' })
  })

  it('once proven is lost at once with the process, and comes back only after its rounds', async () => {
    const { clock, context, abort, drive } = scripted([])
    const appRuns = () => clock.monotonicMs() < 12_000 || clock.monotonicMs() > 20_000
    const changes: { ready: boolean; atMs: number }[] = []
    const onChange = (ready: boolean) => {
      changes.push({ ready, atMs: clock.monotonicMs() })
      if (changes.length === 2) abort.abort()
    }
    await drive(watchReadiness(readiness, { ...context, appRuns }, true, onChange, clock))
    // It looks every 5 s while all is well, and every 500 ms while it waits.
    assert.deepEqual(
      changes.map(({ ready }) => ready),
      [false, true],
    )
    assert.ok(changes[0]!.atMs >= 12_000 && changes[0]!.atMs <= 17_000, `${changes[0]!.atMs}`)
    assert.ok(changes[1]!.atMs >= 21_000 && changes[1]!.atMs <= 22_500, `${changes[1]!.atMs}`)
  })
})
