import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import { SessionServer } from '../../coordinator/session/session-server.ts'
import {
  decodeAgentMessage,
  decodeCoordinatorMessage,
  decodeSpoolRecord,
  encodeAgentMessage,
  encodeCoordinatorMessage,
  sessionPath,
} from '../../proto/session.ts'
import { systemClock } from '../../runtime/clock.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { agentSamples, coordinatorSamples } from '../support/session-samples.ts'

const seed = Number(process.env.FUZZ_SEED ?? 20_260_131)
const inputs = 10_000
const livePerSocket = 50

/** A real message with bytes changed, cut off, doubled or added. */
function mutated(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    at: fc.nat(2_000),
    value: fc.nat(255),
    kind: fc.constantFrom('set', 'cut', 'insert', 'double'),
  })
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 8 }))
    .map(([sample, changes]) => {
      let bytes = Uint8Array.from(sample)
      for (const { at, value, kind } of changes) {
        const place = bytes.length === 0 ? 0 : at % bytes.length
        if (kind === 'set') bytes[place] = value
        else if (kind === 'cut') bytes = bytes.slice(0, place)
        else if (kind === 'double') bytes = new Uint8Array([...bytes, ...bytes.slice(place)])
        else bytes = new Uint8Array([...bytes.slice(0, place), value, ...bytes.slice(place)])
      }
      return bytes
    })
}

const agentBytes = Object.values(agentSamples).map((draft) => encodeAgentMessage(draft))
const coordinatorBytes = Object.values(coordinatorSamples).map((draft) => encodeCoordinatorMessage(draft))
const anyBytes = (samples: readonly Uint8Array[]) =>
  fc.oneof({ arbitrary: mutated(samples), weight: 4 }, { arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 })

describe(`malformed session messages (seed ${seed})`, () => {
  it('are messages or an error, and take no time', () => {
    let slowestMs = 0
    const decoders = [
      [decodeAgentMessage, agentBytes],
      [decodeCoordinatorMessage, coordinatorBytes],
      [decodeSpoolRecord, agentBytes],
    ] as const
    for (const [decode, samples] of decoders) {
      fc.assert(
        fc.property(anyBytes(samples), (bytes) => {
          const startedMs = performance.now()
          try {
            decode(bytes)
          } catch (error) {
            assert.ok(error instanceof Error)
          }
          slowestMs = Math.max(slowestMs, performance.now() - startedMs)
        }),
        { seed, numRuns: inputs },
      )
    }
    assert.ok(slowestMs < 500, `${slowestMs} ms`)
  })
})

describe('a session server that is sent them', () => {
  const http = createServer()
  const sessions = new SessionServer(
    { heartbeatMs: 10_000 },
    {
      ...{ server: http, clock: systemClock, logger: silentLogger() },
      handlers: {
        hello: async () => ({ spoolAcked: 0 }),
        welcomed: async () => {},
        message: async () => {},
        closed: async () => {},
      },
    },
  )
  before(async () => {
    await sessions.start()
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
  })
  after(async () => {
    await sessions.stop()
    http.closeAllConnections()
    http.close()
  })

  it('ends those sessions and goes on with the others', async () => {
    const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}${sessionPath}`
    const frames = fc.sample(anyBytes(agentBytes), { seed, numRuns: inputs })
    const good = new WebSocket(url)
    await once(good, 'open')
    good.send(encodeAgentMessage({ hello: { protocolVersion: 1, host: 'good-1', pools: ['web'], spoolId: 's' } }))
    await once(good, 'message')
    const sockets = Array.from({ length: inputs / livePerSocket }, (_, index) =>
      frames.slice(index * livePerSocket, (index + 1) * livePerSocket),
    )
    for (let index = 0; index < sockets.length; index += 20) {
      await Promise.all(
        sockets.slice(index, index + 20).map(async (batch, number) => {
          const socket = new WebSocket(url)
          socket.on('error', () => {})
          await once(socket, 'open')
          const hello = { protocolVersion: 1, host: `bad-${index + number}`, pools: ['web'], spoolId: 's' }
          if (number % 2 === 0) socket.send(encodeAgentMessage({ hello }))
          for (const frame of batch) socket.send(frame, { binary: frame.length % 7 !== 0 })
          socket.close()
          await once(socket, 'close')
        }),
      )
    }
    assert.equal(good.readyState, WebSocket.OPEN)
    assert.equal(sessions.send('good-1', { spoolAck: { spoolId: 's', number: 1 } }), true)
    await once(good, 'message')
    good.close()
    await once(good, 'close')
    while (sessions.connectedHosts > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
