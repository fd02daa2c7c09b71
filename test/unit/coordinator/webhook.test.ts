import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { notify } from '../../../coordinator/notifications/webhook.ts'
import type { RolloutSummary } from '../../../proto/http/api.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'

const rollout: RolloutSummary = {
  ...{
    id: 'r1',
    app: 'hello',
    releaseId: 'hello-1',
    revision: 'a'.repeat(40),
    previousReleaseId: null,
    rollbackOf: null,
  },
  ...{ phase: 'halted', reason: 'web-1 failed', pools: ['web'], createdAtMs: 0, startedAtMs: 0, endedAtMs: 1 },
}

describe('webhook', () => {
  const bodies: { text: string; rollout: RolloutSummary }[] = []
  let refusals = 0
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    if (refusals > 0) {
      refusals--
      response.writeHead(503).end()
    } else {
      bodies.push(JSON.parse(text))
      response.end()
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
    await notify([{ webhook: url(), on: ['halted'] }], 'halted', rollout, { clock, logger: silentLogger() })
    assert.equal(bodies[0]!.text, `rollout r1 of hello at ${'a'.repeat(12)} halted: web-1 failed`)
    assert.equal(bodies[0]!.rollout.id, 'r1')
  })

  it('tells only what was asked for', async () => {
    await notify([{ webhook: url(), on: ['done'] }], 'halted', rollout, { clock, logger: silentLogger() })
    assert.equal(bodies.length, 1)
  })

  it('tries again, and stops no rollout when nobody ever answers', async () => {
    refusals = 1
    const ticking = setInterval(() => clock.advance(10_000), 5)
    await notify([{ webhook: url(), on: ['halted'] }], 'halted', rollout, { clock, logger: silentLogger() })
    assert.equal(bodies.length, 2)
    await notify([{ webhook: 'http://127.0.0.1:1/hook', on: ['halted'] }], 'halted', rollout, {
      clock,
      logger: silentLogger(),
    })
    clearInterval(ticking)
  })
})
