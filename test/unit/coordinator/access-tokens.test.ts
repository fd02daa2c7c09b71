import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { ApiTokens } from '../../../coordinator/access/api-tokens.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import { createLogger, silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { eventually } from '../../support/eventually.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

const day = 86_400_000

describe('API tokens', () => {
  const make = async () => {
    const clock = new ManualClock()
    const database = await openDatabase(sqliteFlavor(':memory:'))
    return { clock, database, tokens: new ApiTokens({ database, clock, random: systemRandom, logger: silentLogger() }) }
  }
  const wanted = { name: 'ci', role: 'deployer', apps: ['hello'], createdBy: 'token:1' } as const

  it('are stored as a hash, and found by their first half', async () => {
    const { tokens, database } = await make()
    const { text, token } = await tokens.create({ ...wanted, lifeMs: null })
    assert.match(text, /^rk_[0-9a-f]{10}_[A-Za-z0-9_-]{43}$/)
    const secret = text.slice(14)
    const stored = JSON.stringify(await database.selectFrom('api_token').selectAll().execute())
    assert.ok(stored.includes(token.id) && !stored.includes(secret))
    const { id, role, apps } = await tokens.authenticate(text)
    assert.deepEqual([id, role, apps], [`token:${token.id}`, 'deployer', ['hello']])
    assert.ok(!JSON.stringify(await tokens.list()).includes(secret))
  })

  it('expire to the millisecond, and say so to nobody but their bearer', async () => {
    const { tokens, clock } = await make()
    const { text } = await tokens.create({ ...wanted, lifeMs: day })
    clock.advance(day - 1)
    const principal = await tokens.authenticate(text)
    clock.advance(1)
    await assert.rejects(tokens.authenticate(text), { code: 'UNAUTHORIZED', message: /^the token \w+ expired on / })
    assert.equal(await tokens.isGood(principal.id), false)
    const guess = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`
    await assert.rejects(tokens.authenticate(guess), { message: 'the token is not one of this coordinator' })
  })

  it('note when they were used, once a minute', async () => {
    const { tokens, clock } = await make()
    const { text } = await tokens.create({ ...wanted, lifeMs: null })
    const lastUse = async () => (await tokens.list())[0]?.lastUsedAtMs
    assert.equal(await lastUse(), null)
    const first = clock.now()
    await tokens.authenticate(text)
    clock.advance(59_999)
    await tokens.authenticate(text)
    assert.equal(await lastUse(), first)
    clock.advance(1)
    await tokens.authenticate(text)
    assert.equal(await lastUse(), first + 60_000)
  })
})

describe('a coordinator’s first token', () => {
  const lines: string[] = []
  let coordinator: WholeCoordinator
  before(async () => {
    const options = { service: 'coordinator', level: 'debug' } as const
    const logger = createLogger(options, { write: (line) => void lines.push(line) })
    coordinator = await WholeCoordinator.start({ logger })
  })
  after(() => coordinator.remove())

  it('is in a file for its owner alone, and in no log', async () => {
    const file = join(coordinator.directory, 'admin-token')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.ok(lines.some((line) => line.includes(file)))
    await coordinator.call('POST', '/tokens', { body: { name: 'x', role: 'viewer' } })
    assert.ok(!lines.join('').includes(coordinator.adminToken.slice(14)))
  })

  it('is made once: after it was revoked, no start makes another', async () => {
    const [, id] = coordinator.adminToken.split('_')
    assert.equal((await coordinator.call('POST', `/tokens/${id}/revoke`)).status, 200)
    assert.equal((await coordinator.call('GET', '/whoami')).status, 401)
    await coordinator.stop()
    coordinator = await WholeCoordinator.start({ directory: coordinator.directory })
    assert.equal(coordinator.adminToken.split('_')[1], id)
    assert.equal((await coordinator.call('GET', '/whoami')).status, 401)
    const store = new DatabaseSync(join(coordinator.directory, 'coordinator.sqlite'))
    const { count } = store.prepare('select count(*) as count from api_token').get() as { count: number }
    store.close()
    assert.equal(count, 2)
  })
})

describe('tokens over the API', () => {
  let coordinator: WholeCoordinator
  before(async () => {
    coordinator = await WholeCoordinator.start({ settings: { limits: { streamsPerPrincipal: 2 } } })
  })
  after(() => coordinator.remove())

  it('are good for 90 days unless something else is asked for', async () => {
    const make = async (body: object) => (await coordinator.call('POST', '/tokens', { body })).body
    const usual = await make({ name: 'a', role: 'viewer' })
    assert.equal(usual.expiresAtMs - usual.createdAtMs, 90 * day)
    assert.equal((await make({ name: 'a', role: 'viewer', expiresInMs: null })).expiresAtMs, null)
    for (const wrong of [
      { role: 'deployer' },
      { role: 'viewer', apps: ['hello'] },
      { role: 'root' },
      { name: '', role: 'viewer' },
    ])
      assert.equal((await make({ name: 'a', ...wrong })).code, 'REQUEST_INVALID')
  })

  it('say who one is', async () => {
    const token = await coordinator.tokenOf('deployer', ['hello'])
    const { body } = await coordinator.call('GET', '/whoami', { token })
    assert.deepEqual([body.principal, body.role, body.apps], [`token:${token.split('_')[1]}`, 'deployer', ['hello']])
    assert.equal((await coordinator.call('GET', '/whoami')).body.apps, null)
  })

  it('end their streams when they are revoked, at once', async () => {
    const token = await coordinator.tokenOf('viewer')
    const open = (path: string) =>
      fetch(`${coordinator.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    const [events, logs] = [await open('/events'), await open('/logs/stream')]
    assert.deepEqual([events.status, logs.status], [200, 200])
    const ended = Promise.all([events, logs].map((response) => assert.rejects(response.text())))
    const startMs = performance.now()
    await coordinator.call('POST', `/tokens/${token.split('_')[1]}/revoke`)
    await ended
    assert.ok(performance.now() - startMs < 2_000)
    assert.equal((await open('/events')).status, 401)
  })

  it('end their streams when they were revoked at another coordinator, or have expired', async () => {
    const token = await coordinator.tokenOf('viewer')
    const response = await fetch(`${coordinator.url}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } })
    const ended = assert.rejects(response.text())
    const store = new DatabaseSync(join(coordinator.directory, 'coordinator.sqlite'))
    store.prepare('update api_token set expires_at_ms = 1 where id = ?').run(token.split('_')[1]!)
    store.close()
    await ended
  })

  it('have but so many streams open, and room again when one is closed', async () => {
    const token = await coordinator.tokenOf('viewer')
    const stop = new AbortController()
    const headers = { authorization: `Bearer ${token}` }
    const open = (signal?: AbortSignal) => fetch(`${coordinator.url}/api/v1/events`, { headers, signal })
    const kept = await open()
    await open(stop.signal)
    const refused = await open()
    assert.equal(refused.status, 429)
    assert.equal(((await refused.json()) as { code: string }).code, 'RATE_LIMITED')
    assert.equal((await coordinator.call('GET', '/apps', { token })).status, 200)
    stop.abort()
    await eventually('there is room again', async () => {
      const next = await open()
      await next.body?.cancel()
      return next.status === 200
    })
    await kept.body?.cancel()
  })
})
