import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { ShouldBeAliveConfig } from '../../../coordinator/inventory/config.ts'
import { shouldBeAlive } from '../../../coordinator/inventory/should-be-alive.ts'
import { silentLogger } from '../../../runtime/logger.ts'

const ask = (config: ShouldBeAliveConfig | undefined, host: string) =>
  shouldBeAlive(config, { logger: silentLogger() })(host)

const placeholder = `\${host}`

describe('should be alive', () => {
  const statuses: Record<string, number> = { up: 204, terminated: 404, gone: 410, broken: 500 }
  const server = createServer((request, response) => {
    const status = statuses[request.url!.split('/').at(-1)!]
    if (status !== undefined) response.writeHead(status).end()
  })
  let http = ''
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/instances/${placeholder}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  it('asks over HTTP: 2xx is yes, not found is no, anything else and silence is unknown', async () => {
    assert.equal(await ask({ http }, 'up'), true)
    assert.equal(await ask({ http }, 'terminated'), false)
    assert.equal(await ask({ http }, 'gone'), false)
    assert.equal(await ask({ http }, 'broken'), null)
    assert.equal(await ask({ http, deadlineMs: 50 }, 'silent'), null)
    assert.equal(await ask({ http: `http://127.0.0.1:1/${placeholder}` }, 'up'), null)
  })

  it('asks a command: 0 is yes, 1 is no, anything else is unknown', async () => {
    const command = 'case "$host" in up) exit 0;; gone) exit 1;; slow) sleep 9;; esac; exit 2'
    assert.equal(await ask({ command }, 'up'), true)
    assert.equal(await ask({ command }, 'gone'), false)
    assert.equal(await ask({ command }, 'other'), null)
    assert.equal(await ask({ command, deadlineMs: 50 }, 'slow'), null)
    assert.equal(await ask({ command: ['test', placeholder, '=', 'up'] }, 'up'), true)
    assert.equal(await ask({ command: ['test', placeholder, '=', 'up'] }, 'gone'), false)
    assert.equal(await ask({ command: ['/no/such/file'] }, 'up'), null)
  })

  it('knows nothing when nobody is named to ask', async () => {
    assert.equal(await ask(undefined, 'up'), null)
  })
})
