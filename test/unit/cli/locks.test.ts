import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { after, before, describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { lockRoutes } from '../../../coordinator/api/locks.ts'
import { AppStore } from '../../../coordinator/apps/app-store.ts'
import { createHttpServer, type HttpServer } from '../../../runtime/http-server.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { rookery } from '../../support/command-line.ts'
import { lockFixture } from '../../support/lock-fixture.ts'

/** The command line against the real routes over the real gate. */
describe('lock', () => {
  let url = ''
  let server: HttpServer
  let fixture: Awaited<ReturnType<typeof lockFixture>>
  const run = (...args: string[]) => rookery(['--coordinator', url, 'lock', ...args], { environment })
  let environment: Record<string, string> = { ROOKERY_USER: 'ann' }

  before(async () => {
    const window = { name: 'yule', timeZone: 'Europe/Oslo', from: '2999-12-20T00:00', to: '3000-01-02T00:00' }
    fixture = await lockFixture([window], Date.now())
    const apps = new AppStore({ database: fixture.database, clock: fixture.clock })
    await apps.put('hello', { directory: '/srv/hello' })
    const listen = { host: '127.0.0.1', port: 0 }
    server = createHttpServer(
      { listen },
      { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined },
    )
    await server.register(async (scope) => lockRoutes(scope as unknown as HttpServer, { apps, gate: fixture.gate }), {
      prefix: '/api/v1',
    })
    await server.listen(listen)
    url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  it('holds, lists and releases an app', async () => {
    assert.match((await run('list')).stdout, /^yule +all apps +open until 2999-12-/m)
    const held = await run('hold', 'hello', '--reason', 'migration', '--for', '2h')
    assert.match(held.stdout, /^hello: no rollout starts until .* \(hold h-[0-9a-f]{8}\)\n$/)
    assert.equal(await fixture.gate.refusal('hello', { breakGlass: false }), 'hello is held by ann: migration')
    assert.match((await run('list')).stdout, /^h-\S+ +hello +held until \S+.* +ann +migration$/m)
    assert.match((await run('release', 'hello')).stdout, /^hello: hold h-\S+ is released\n$/)
    assert.equal(fixture.events.at(-1)?.data.by, 'ann')
    assert.equal(await fixture.gate.refusal('hello', { breakGlass: false }), null)
  })

  it('stops the line, and releases by id', async () => {
    const stopped: string[] = []
    fixture.gate.onStop((reason) => stopped.push(reason))
    environment = {}
    const { stdout } = await run('hold', '--all', '--reason', 'outage', '--stop', '--json')
    const hold = JSON.parse(stdout)
    assert.deepEqual([hold.app, hold.by], [null, userInfo().username])
    assert.deepEqual(stopped, [`every app is held by ${userInfo().username}: outage`])
    assert.equal((await run('release', hold.id)).exitCode, 0)
    const gone = await run('release', '--all')
    assert.equal(gone.exitCode, 2)
    assert.match(gone.stderr, /nobody holds all apps \(NOT_FOUND\)/)
  })

  it('refuses a misspelt app, and a command that leaves open what it is about', async () => {
    assert.match((await run('hold', 'helo', '--reason', 'x')).stderr, /no app helo.*\(NOT_FOUND\)/)
    for (const args of [
      ['hold', '--reason', 'x'],
      ['hold', 'hello', '--all', '--reason', 'x'],
      ['release'],
      ['hold', 'hello'],
    ]) {
      const { exitCode, stderr } = await run(...args)
      assert.equal(exitCode, 2, args.join(' '))
      assert.match(stderr, /\(USAGE\)/)
    }
  })
})
