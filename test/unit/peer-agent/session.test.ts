import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { Backoff } from '../../../peer-agent/session/backoff.ts'
import { SessionClient } from '../../../peer-agent/session/session-client.ts'
import { type CoordinatorMessage, decodeAgentMessage, encodeCoordinatorMessage } from '../../../proto/session.ts'
import { type Logger, silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { seededRandom, systemRandom } from '../../../runtime/random.ts'
import { eventually } from '../../support/eventually.ts'

let clock: ManualClock
let server: WebSocketServer
let client: SessionClient
let connections: WebSocket[]
let kinds: string[]
const warnings: string[] = []
let told: { welcomes: number; disconnects: number; messages: CoordinatorMessage[] }

beforeEach(async () => {
  clock = new ManualClock()
  // Answers no ping by itself, so that a test decides when it is heard of.
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false })
  await once(server, 'listening')
  connections = []
  kinds = []
  told = { welcomes: 0, disconnects: 0, messages: [] }
  server.on('connection', (socket) => {
    connections.push(socket)
    socket.on('message', (data) => kinds.push(decodeAgentMessage(data as Buffer)!.kind))
  })
  const handlers = {
    hello: () => ({ protocolVersion: 1, host: 'web-1', spoolId: 's' }),
    heartbeat: () => ({ sentAtMs: clock.now() }),
    welcomed: () => void told.welcomes++,
    disconnected: () => void told.disconnects++,
    message: (message: CoordinatorMessage) => void told.messages.push(message),
  }
  warnings.length = 0
  const logger = { ...silentLogger(), warn: (_: object, text: string) => warnings.push(text) } as unknown as Logger
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = new SessionClient({ url }, { handlers, clock, random: systemRandom, logger })
  await client.start()
})

afterEach(async () => {
  const stopped = client.stop()
  for (const socket of server.clients) socket.terminate()
  await stopped
  server.close()
})

const welcome = () =>
  connections
    .at(-1)!
    .send(encodeCoordinatorMessage({ welcome: { protocolVersion: 1, heartbeatMs: 1_000, spoolAcked: 0 } }))
const saidHello = (count = 1) => eventually('hello', () => kinds.filter((kind) => kind === 'hello').length >= count)
const isWelcome = () => eventually('welcome', () => client.isConnected)

describe('session client', () => {
  it('says hello, then beats as often as it is told, and sends nothing before', async () => {
    await saidHello()
    assert.equal(client.send({ heartbeat: {} }), false)
    welcome()
    await isWelcome()
    clock.advance(1_000)
    await eventually('a heartbeat', () => kinds.length === 2)
    assert.deepEqual(kinds, ['hello', 'heartbeat'])
  })

  it('gives up a coordinator that is silent, and comes back', async () => {
    await saidHello()
    welcome()
    await isWelcome()
    clock.advance(4_000)
    await eventually('the end of the session', () => told.disconnects === 1)
    clock.advance(250)
    await saidHello(2)
  })

  it('keeps one that answers pings', async () => {
    await saidHello()
    welcome()
    await isWelcome()
    for (let beat = 0; beat < 6; beat++) {
      const pinged = once(connections[0]!, 'ping')
      clock.advance(1_000)
      await pinged
      connections[0]!.pong()
      // The answer to a ping of ours shows that the pong before it has been read.
      connections[0]!.ping()
      await once(connections[0]!, 'pong')
    }
    assert.equal(told.disconnects, 0)
  })

  it('gives up when no welcome comes, and waits longer after each try', async () => {
    await saidHello()
    clock.advance(10_000)
    await eventually('the socket is closed', () => connections[0]!.readyState === connections[0]!.CLOSED)
    await eventually('it tries again', () => {
      clock.advance(50)
      return connections.length === 2
    })
    assert.equal(told.disconnects, 0)
  })

  it('says that it was not let in, where that is so', async () => {
    await saidHello()
    server.options.verifyClient = (_, done) => done(false, 401)
    connections[0]!.terminate()
    await eventually('it is refused', () => {
      clock.advance(1_000)
      return warnings.some((text) => text.endsWith('answered HTTP 401: it does not know our certificate'))
    })
  })

  it('drops a session that speaks something else, and passes over messages it does not know', async () => {
    await saidHello()
    welcome()
    await isWelcome()
    connections[0]!.send(Buffer.alloc(0))
    connections[0]!.send(encodeCoordinatorMessage({ spoolAck: { spoolId: 's', number: 1 } }))
    await eventually('the ack', () => told.messages.length === 1)
    connections[0]!.send(Buffer.from([0xff, 0xff, 0xff]))
    await eventually('the end of the session', () => told.disconnects === 1)
  })
})

describe('backoff', () => {
  it('doubles up to 15 s, never twice the same for two agents, and begins again', () => {
    const delays = (seed: number) => {
      const backoff = new Backoff(seededRandom(seed))
      return Array.from({ length: 10 }, () => backoff.nextMs())
    }
    const [one, other] = [delays(1), delays(2)]
    assert.notDeepEqual(one, other)
    one.forEach((delayMs, index) => {
      const spanMs = Math.min(15_000, 250 * 2 ** index)
      assert.ok(delayMs >= spanMs / 2 && delayMs <= spanMs, `${delayMs} of ${spanMs}`)
    })
    const backoff = new Backoff(seededRandom(1))
    backoff.nextMs()
    backoff.nextMs()
    backoff.reset()
    assert.ok(backoff.nextMs() <= 250)
  })
})
