import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { notify } from '../../../coordinator/notifications/webhook.ts'
import type { RolloutSummary } from '../../../proto/http/api.ts'
import { createLogger, silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { rollout as someRollout } from '../../support/coordinator-fixture.ts'

const rollout = someRollout({ id: 'r1', revision: 'a'.repeat(40), phase: 'halted', reason: 'web-1 failed' })

describe('webhook', () => {
  const bodies: { text: string; rollout: RolloutSummary }[] = []
  let refusals = 0
  let status = 200
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    if (refusals > 0) {
      refusals--
      response.writeHead(503).end()
    } else {
      bodies.push(JSON.parse(text))
      response.writeHead(status).end()
    }
  })
  const clock = new ManualClock()
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close())

  it('tells what became of the rollout, in a sentence and in full', async () => {
    await notify([{ webhook: url(), on: ['halted'] }], 'halted', { rollout }, { clock, logger: silentLogger() })
    assert.equal(bodies[0]!.text, `rollout r1 of hello at ${'a'.repeat(12)} halted: web-1 failed`)
    assert.equal(bodies[0]!.rollout.id, 'r1')
  })

  it('tells only what was asked for', async () => {
    await notify([{ webhook: url(), on: ['done'] }], 'halted', { rollout }, { clock, logger: silentLogger() })
    assert.equal(bodies.length, 1)
  })

  it('tells who asked for both names of a failure once', async () => {
    const seen = bodies.length
    for (const moment of ['failed', 'halted'] as const)
      await notify(
        [{ webhook: url(), on: ['failed', 'halted'] }],
        moment,
        { rollout },
        { clock, logger: silentLogger() },
      )
    assert.equal(bodies.length, seen + 1)
    assert.match(bodies.at(-1)!.text, / failed: web-1 failed$/)
  })

  it('links the dashboard, and lets no text call people together', async () => {
    const loud = { ...rollout, reason: 'see <!channel> & co' }
    const dependencies = { clock, logger: silentLogger(), publicUrl: 'https://rookery.example' }
    await notify([{ webhook: url(), on: ['failed'] }], 'failed', { rollout: loud }, dependencies)
    assert.match(bodies.at(-1)!.text, /: see &lt;!channel&gt; &amp; co \(<https:\/\/rookery.example\|dashboard>\)$/)
  })

  it('keeps the order, though the first message has to be sent again', async () => {
    bodies.length = 0
    refusals = 1
    const ticking = setInterval(() => clock.advance(10_000), 5)
    const moments = ['queued', 'started', 'batchDone', 'done'] as const
    const all = [...moments]
    await Promise.all(
      moments.map((moment) =>
        notify([{ webhook: url(), on: all }], moment, { rollout }, { clock, logger: silentLogger() }),
      ),
    )
    clearInterval(ticking)
    assert.deepEqual(
      bodies.map(({ text }) => /(queued|started|another batch|is done)/.exec(text)?.[0]),
      ['queued', 'started', 'another batch', 'is done'],
    )
  })

  it('gives up at once when it is refused for good, and logs no secret', async () => {
    const lines: string[] = []
    const logger = createLogger({ service: 'test', level: 'debug' }, { write: (line: string) => void lines.push(line) })
    status = 404
    await notify([{ webhook: `${url()}/SECRET?key=SECRET`, on: ['done'] }], 'done', { rollout }, { clock, logger })
    await notify([{ webhook: 'http://SECRET:99999999/hook', on: ['done'] }], 'done', { rollout }, { clock, logger })
    status = 200
    assert.equal(lines.length, 2)
    assert.ok(!lines.join().includes('SECRET'), lines.join())
  })

  it('tries again, and stops no rollout when nobody ever answers', async () => {
    refusals = 1
    bodies.length = 0
    const ticking = setInterval(() => clock.advance(10_000), 5)
    await notify([{ webhook: url(), on: ['halted'] }], 'halted', { rollout }, { clock, logger: silentLogger() })
    assert.equal(bodies.length, 1)
    await notify(
      [{ webhook: 'http://127.0.0.1:1/hook', on: ['halted'] }],
      'halted',
      { rollout },
      {
        clock,
        logger: silentLogger(),
      },
    )
    clearInterval(ticking)
  })
})
