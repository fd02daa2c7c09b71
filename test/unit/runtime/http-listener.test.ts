import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { createHttpServer } from '../../../runtime/http-server.ts'
import { silentLogger } from '../../../runtime/logger.ts'

async function listening(maxConnections?: number) {
  const listen = { host: '127.0.0.1', port: 0 }
  const dependencies = { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined }
  const server = createHttpServer({ listen, maxConnections }, dependencies)
  await server.listen(listen)
  const { port } = server.server.address() as AddressInfo
  return { server, port }
}

/** Resolves with what came until the other side closed, and how long that took. */
async function closed(socket: Socket): Promise<{ text: string; ms: number }> {
  const startMs = performance.now()
  let text = ''
  socket.on('data', (data) => {
    text += data
  })
  socket.on('error', () => {})
  await once(socket, 'close')
  return { text, ms: performance.now() - startMs }
}

describe('an HTTP server', { concurrency: true }, () => {
  it('ends connections that say nothing, or their headers byte by byte', async () => {
    const { server, port } = await listening()
    const silent = connect(port, '127.0.0.1')
    const slow = connect(port, '127.0.0.1')
    slow.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ')
    const drip = setInterval(() => slow.write('x'), 500)
    const answers = await Promise.all([closed(silent), closed(slow)])
    clearInterval(drip)
    for (const { text, ms } of answers) {
      assert.match(text, /^HTTP\/1\.1 408 /)
      assert.ok(ms < 14_000, `${ms} ms`)
    }
    await server.close()
  })

  it('takes so many connections and no more, and others again when they are gone', async () => {
    const { server, port } = await listening(2)
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
    await Promise.all(held.map((socket) => once(socket, 'connect')))
    assert.equal((await closed(connect(port, '127.0.0.1'))).text, '')
    held[0]!.destroy()
    await once(held[0]!, 'close')
    await new Promise((resolve) => setImmediate(resolve))
    const next = connect(port, '127.0.0.1')
    next.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n')
    assert.match((await closed(next)).text, /^HTTP\/1\.1 200 /)
    held[1]!.destroy()
    await server.close()
  })
})
