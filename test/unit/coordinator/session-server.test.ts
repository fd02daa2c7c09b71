import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import type { SessionHandlers } from '../../../coordinator/session/agent-session.ts'
import { type SessionAdmission, SessionServer } from '../../../coordinator/session/session-server.ts'
import {
  type AgentDraft,
  type CoordinatorMessage,
  decodeCoordinatorMessage,
  encodeAgentMessage,
  sessionPath,
} from '../../../proto/session.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function startServer(admission?: SessionAdmission) {
  const calls: string[] = []
  let onClosed: (value: unknown) => void = () => {}
  const closed = new Promise((resolve) => {
    onClosed = resolve
  })
  const handlers: SessionHandlers = {
    hello: async () => ({ spoolAcked: 7 }),
    welcomed: async (session) => void calls.push(`welcomed ${session.host}`),
    message: async (session, message) => void calls.push(`${message.kind} ${session.host}`),
    closed: async (session, saidGoodbye) => onClosed(calls.push(`closed ${session.host} ${saidGoodbye}`)),
  }
  const http = createServer()
  const sessions = new SessionServer(
    { heartbeatMs: 100 },
    { server: http, admission, handlers, clock: systemClock, logger: silentLogger() },
  )
  await sessions.start()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  cleanups.push(async () => {
    await sessions.stop()
    http.closeAllConnections()
    http.close()
  })
  return { calls, closed, sessions, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}${sessionPath}` }
}

function connect(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers })
  socket.on('error', () => {})
  cleanups.push(() => socket.terminate())
  const received: CoordinatorMessage[] = []
  socket.on('message', (data) => {
    const message = decodeCoordinatorMessage(data as Buffer)
    if (message) received.push(message)
    socket.emit('decoded')
  })
  return { socket, received, send: (draft: AgentDraft) => socket.send(encodeAgentMessage(draft)) }
}

const hello = (overrides = {}): AgentDraft => ({
  hello: { protocolVersion: 1, host: 'web-1', pools: ['web'], spoolId: 's1', ...overrides },
})

/** Connects, says what is given, and returns the goodbye it gets. */
async function refusal(url: string, draft: AgentDraft | Buffer | string, headers: Record<string, string> = {}) {
  const { socket, received } = connect(url, headers)
  await once(socket, 'open')
  if (typeof draft === 'string' || Buffer.isBuffer(draft)) socket.send(draft)
  else socket.send(encodeAgentMessage(draft))
  await once(socket, 'close')
  const goodbye = received.find((message) => message.kind === 'goodbye')
  assert.ok(goodbye, 'closed without a goodbye')
  return goodbye.body as { errorCode: string; reason: string }
}

describe('session server', () => {
  it('welcomes an agent with the number of its last stored record', async () => {
    const { url, calls, sessions } = await startServer()
    const agent = connect(url)
    await once(agent.socket, 'open')
    agent.send(hello())
    await once(agent.socket, 'decoded')
    assert.equal(agent.received[0]!.kind, 'welcome')
    assert.equal((agent.received[0]!.body as { spoolAcked: number }).spoolAcked, 7)
    assert.equal(sessions.send('web-1', { spoolAck: { spoolId: 's1', number: 8 } }), true)
    await once(agent.socket, 'decoded')
    assert.deepEqual(calls, ['welcomed web-1'])
  })

  it('refuses another protocol version, bad names, and nonsense, with a code and a reason', async () => {
    const { url } = await startServer()
    assert.equal((await refusal(url, hello({ protocolVersion: 99 }))).errorCode, 'PROTOCOL_UNSUPPORTED')
    for (const host of ['../../etc', 'a\nb', '\x1b[2J', 'constructor', 'toString', '__proto__', ''])
      assert.match((await refusal(url, hello({ host }))).reason, /hello\.host/)
    assert.match((await refusal(url, hello({ pools: ['valueOf'] }))).reason, /hello\.pools/)
    assert.match((await refusal(url, hello({ pools: ['a b'] }))).reason, /hello\.pools/)
    assert.match((await refusal(url, { heartbeat: {} })).reason, /must be hello/)
    assert.match((await refusal(url, 'text')).reason, /binary frames only/)
    assert.match((await refusal(url, Buffer.from([0xff, 0xff, 0xff]))).reason, /not a session message/)
  })

  it('refuses what could not be stored or shown: a Hello or heartbeat of odd names, or of too much', async () => {
    const { url } = await startServer()
    const observed = (overrides: object) => [{ app: 'hello', liveReleaseId: '', heldReleaseIds: [], ...overrides }]
    const many = <T>(count: number, item: T) => Array.from({ length: count }, () => item)
    const odd: [object, RegExp][] = [
      [{ agentVersion: '1\x1b[2J' }, /agentVersion/],
      [{ agentVersion: 'x'.repeat(5_000_000) }, /agentVersion/],
      [{ spoolId: 's\n1' }, /spoolId/],
      [{ pools: many(1_000, 'web') }, /pools/],
      [{ labels: { zone: 'a\r\nb' } }, /labels/],
      [{ labels: Object.fromEntries(many(200, 0).map((_, index) => [`l${index}`, ''])) }, /labels/],
      [{ observed: observed({ app: '../hello' }) }, /observed/],
      [{ observed: observed({ app: 'constructor' }) }, /observed/],
      [{ observed: observed({ liveReleaseId: '<script>' }) }, /observed/],
      [{ observed: observed({ heldReleaseIds: ['\x07'] }) }, /observed/],
      [{ observed: many(2_000, observed({})[0]) }, /observed/],
    ]
    for (const [overrides, reason] of odd) {
      const { errorCode, reason: text } = await refusal(url, hello(overrides))
      assert.equal(errorCode, 'REQUEST_INVALID')
      assert.match(text, reason)
      assert.ok(text.length < 1_000)
    }
    const agent = connect(url)
    await once(agent.socket, 'open')
    agent.send(
      hello({ observed: observed({ liveReleaseId: 'hello-20260101-000000-aaaaaaaa' }), labels: { zone: 'é' } }),
    )
    agent.send({ heartbeat: { observed: observed({ app: '\x1b' }) } })
    await once(agent.socket, 'close')
    assert.deepEqual(
      agent.received.map(({ kind }) => kind),
      ['welcome', 'goodbye'],
    )
  })

  it('refuses a second agent of the same name, but lets the same agent come back', async () => {
    const { url, calls, sessions } = await startServer()
    const first = connect(url)
    await once(first.socket, 'open')
    first.send(hello())
    await once(first.socket, 'decoded')
    assert.equal((await refusal(url, hello({ spoolId: 'another' }))).errorCode, 'CONFLICT')
    const again = connect(url)
    await once(again.socket, 'open')
    again.send(hello())
    await once(again.socket, 'decoded')
    assert.equal(sessions.connectedHosts, 1)
    assert.ok(!calls.includes('closed web-1 false'), 'the replaced session was taken for a lost host')
  })

  it('ends a session that falls silent and says so', async () => {
    const { url, calls, closed } = await startServer()
    const agent = connect(url)
    await once(agent.socket, 'open')
    agent.send(hello())
    await closed
    assert.ok(calls.includes('closed web-1 false'))
  })

  it('takes no browser for an agent', async () => {
    const { url, calls } = await startServer()
    const page = connect(url, { origin: 'http://127.0.0.1' })
    const [error] = await once(page.socket, 'error')
    assert.match(String(error), /403/)
    assert.deepEqual(calls, [])
  })

  it('refuses connections of nobody in the fleet, and hosts that speak for another', async () => {
    const { url, calls } = await startServer({
      hostOf: ({ headers }) => headers['x-host'] as string | undefined,
      check: async ({ pools }) => {
        if (pools.includes('db')) throw new RookeryError('IDENTITY_INVALID', 'web-1 did not join for pool db')
      },
    })
    const stranger = connect(url)
    const [error] = await once(stranger.socket, 'error')
    assert.match(String(error), /401/)
    const asWeb1 = { 'x-host': 'web-1' }
    assert.equal((await refusal(url, hello({ host: 'web-2' }), asWeb1)).errorCode, 'IDENTITY_INVALID')
    assert.match((await refusal(url, hello({ pools: ['db'] }), asWeb1)).reason, /did not join for pool db/)
    assert.deepEqual(calls, [])
  })

  it('takes nothing that was sent right behind a Hello that was refused', async () => {
    const { url, calls } = await startServer({ hostOf: () => 'web-1', check: async () => {} })
    const liar = connect(url)
    await once(liar.socket, 'open')
    liar.send(hello({ host: 'web-2' }))
    liar.send({ heartbeat: { sentAtMs: 1 } })
    liar.send({ spoolBatch: { spoolId: 's1', records: [] } })
    await once(liar.socket, 'close')
    const honest = connect(url)
    await once(honest.socket, 'open')
    honest.send(hello())
    honest.send({ heartbeat: { sentAtMs: 1 } })
    await eventually('the heartbeat', () => calls.includes('heartbeat web-1'))
    assert.deepEqual(calls, ['welcomed web-1', 'heartbeat web-1'])
  })

  it('reads a host that floods it no faster than others need it to, and loses nothing of what it said', async () => {
    const { url, calls } = await startServer()
    const flooder = connect(url)
    await once(flooder.socket, 'open')
    flooder.send(hello())
    const began = performance.now()
    for (let count = 0; count < 2_200; count++) flooder.send({ heartbeat: { sentAtMs: count } })
    await eventually('all are read', () => calls.length === 2_201)
    // 2,000 at once, and 200 a second.
    assert.ok(performance.now() - began > 700)
  })

  it('gives no host more connections than it needs to come back', async () => {
    const { url } = await startServer({ hostOf: ({ headers }) => headers['x-host'] as string, check: async () => {} })
    const open = async (host: string) => {
      const { socket } = connect(url, { 'x-host': host })
      await once(socket, 'open')
      return socket
    }
    const sockets = await Promise.all(['web-1', 'web-1', 'web-1', 'web-1'].map(open))
    const [error] = await once(connect(url, { 'x-host': 'web-1' }).socket, 'error')
    assert.match(String(error), /429/)
    await open('web-2')
    sockets[0]!.close()
    await once(sockets[0]!, 'close')
    await open('web-1')
  })
})
