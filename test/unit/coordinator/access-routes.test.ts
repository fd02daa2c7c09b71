import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { FastifyContextConfig } from 'fastify'
import { Registry } from 'prom-client'
import { AccessGuard } from '../../../coordinator/access/access-guard.ts'
import type { ApiTokens } from '../../../coordinator/access/api-tokens.ts'
import { Authentication } from '../../../coordinator/access/authentication.ts'
import { OpenStreams } from '../../../coordinator/access/open-streams.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { createHttpServer } from '../../../runtime/http-server.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

interface Route {
  readonly method: string
  /** With the names of nothing that exists in place of its parameters. */
  readonly path: string
}

/** Signed by a chat instead of bearing a token. */
const signedRoutes = ['POST /chat/slash']
/** What only admins may, not even to learn that there is nothing of that name. */
const adminRoutes = [
  'PUT /apps/:app',
  'PUT /distribution/limits',
  'DELETE /distribution/limits',
  'POST /hosts/:name/drain',
  'POST /hosts/:name/undrain',
  'DELETE /hosts/:name',
  'POST /fleet/repair',
  'GET /tokens',
  'POST /tokens',
  'POST /tokens/:id/revoke',
  'GET /audit',
  'GET /audit/export',
  'GET /audit/verify',
  'GET /join-tokens',
  'POST /join-tokens',
  'DELETE /join-tokens/:id',
  'POST /identities/:kind/:name/revoke',
]
/** Nothing changes, although they are not GET. */
const askingRoutes = ['POST /rollouts/preview', 'POST /fleet/check']

describe('every route of the API', () => {
  let coordinator: WholeCoordinator
  let routes: (Route & { readonly name: string })[]
  before(async () => {
    coordinator = await WholeCoordinator.start({ settings: { limits: { failedLoginsPerMinute: 10_000 } } })
    const { body } = await coordinator.call('GET', '/openapi.json')
    const paths = body.paths as Record<string, Record<string, unknown>>
    routes = Object.entries(paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((verb) => {
        const method = verb.toUpperCase()
        const short = url.replace('/api/v1', '')
        const path = short.replace('{kind}', 'host').replace(/\{\w+\}/g, 'nothing')
        return { method, path, name: `${method} ${short.replace(/\{(\w+)\}/g, ':$1')}` }
      }),
    )
  })
  after(() => coordinator.remove())

  const tried = (token: string | null, choose: (name: string) => boolean) =>
    Promise.all(
      routes
        .filter(({ name }) => choose(name))
        .map(async ({ method, path, name }) => {
          const body = ['POST', 'PUT'].includes(method) ? {} : undefined
          const signal = AbortSignal.timeout(10_000)
          const response = await fetch(`${coordinator.url}/api/v1${path}`, {
            method,
            signal,
            headers: {
              ...(token !== null && { authorization: `Bearer ${token}` }),
              ...(body && { 'content-type': 'application/json' }),
            },
            body: body && '{}',
          })
          // A stream that was let in would never end.
          const problem = response.ok ? undefined : ((await response.json()) as { code: string })
          await response.body?.cancel().catch(() => {})
          return {
            name,
            status: response.status,
            code: problem?.code,
            challenge: response.headers.get('www-authenticate'),
          }
        }),
    )
  const refusals = async (token: string | null, choose: (name: string) => boolean = () => true) =>
    (await tried(token, choose)).filter(({ status }) => status === 401 || status === 403)
  const names = (answers: readonly { name: string }[]) => answers.map(({ name }) => name).sort()
  const isSigned = (name: string) => signedRoutes.includes(name)
  const isAsking = (name: string) => name.startsWith('GET ') || isGraphite(name) || askingRoutes.includes(name)
  // What Grafana asks for comes in bodies of POST as well.
  const isGraphite = (name: string) => /^POST (\/api\/v1)?\/graphite\//.test(name)

  it('is known to this test', () => {
    assert.ok(routes.length > 50, `only ${routes.length} routes are in the OpenAPI document`)
    const known = new Set(routes.map(({ name }) => name))
    for (const name of [...adminRoutes, ...askingRoutes, ...signedRoutes]) assert.ok(known.has(name), name)
  })

  it('is closed without a token, with a malformed, an unknown, an expired and a revoked one', async () => {
    const expired = await coordinator.tokenOf('admin')
    const [, expiredId] = expired.split('_')
    const store = new DatabaseSync(join(coordinator.directory, 'coordinator.sqlite'))
    store.prepare('update api_token set expires_at_ms = 1 where id = ?').run(expiredId!)
    store.close()
    const revoked = await coordinator.tokenOf('admin')
    const [, revokedId] = revoked.split('_')
    assert.equal((await coordinator.call('POST', `/tokens/${revokedId}/revoke`)).status, 200)
    const wrongSecret = `${expired.slice(0, -4)}AAAA`
    const unknown = `rk_0000000000_${'A'.repeat(43)}`
    const malformed = ['rk_', 'nonsense', `${coordinator.adminToken}x`, coordinator.adminToken.toUpperCase(), 'a.b.c']
    for (const token of [null, wrongSecret, unknown, expired, revoked, ...malformed]) {
      const answers = await tried(token, (name) => !isSigned(name))
      for (const { name, status, code, challenge } of answers) {
        assert.deepEqual([status, code], [401, 'UNAUTHORIZED'], `${name} with ${token}`)
        const error = token === null ? '' : ', error="invalid_token"'
        assert.equal(challenge, `Bearer realm="rookery"${error}`)
      }
    }
    for (const header of [
      'Basic YTpi',
      'Bearer',
      `Bearer ${coordinator.adminToken} x`,
      `bearer=${coordinator.adminToken}`,
    ]) {
      const { status } = await coordinator.call('GET', '/apps', { token: null, headers: { authorization: header } })
      assert.equal(status, 401, header)
    }
    const head = await fetch(`${coordinator.url}/api/v1/hosts`, { method: 'HEAD' })
    assert.equal(head.status, 401)
    assert.equal((await coordinator.call('GET', '/openapi.json', { token: null })).status, 401)
    for (const { method, path, name } of routes.filter(({ name }) => isSigned(name))) {
      // No chat is configured, so it does not even exist.
      assert.equal((await coordinator.call(method, path, { token: null })).status, 404, name)
    }
  })

  it('lets a viewer read, and do nothing else', async () => {
    const viewer = await coordinator.tokenOf('viewer')
    const answers = await tried(viewer, (name) => !isSigned(name))
    const isRefused = (name: string) => !isAsking(name) || adminRoutes.includes(name)
    for (const { name, status, code, challenge } of answers) {
      if (!isRefused(name)) assert.ok(status !== 401 && status !== 403, `${name}: ${status}`)
      else assert.deepEqual([status, code], [403, 'FORBIDDEN'], name)
      if (isRefused(name)) assert.equal(challenge, 'Bearer realm="rookery", error="insufficient_scope"')
    }
  })

  it('lets a deployer do what is no admin’s', async () => {
    const deployer = await coordinator.tokenOf('deployer', '*')
    assert.deepEqual(names(await refusals(deployer)), [...adminRoutes].sort())
  })

  it('lets an admin do everything', async () => {
    assert.deepEqual(await refusals(coordinator.adminToken, (name) => !isSigned(name)), [])
  })
})

describe('a route that does not say who may call it', () => {
  const startWith = async (config: FastifyContextConfig | undefined, method: 'GET' | 'POST' = 'GET') => {
    const listen = { host: '127.0.0.1', port: 0 }
    const server = createHttpServer(
      { listen },
      { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined },
    )
    const authentication = new Authentication({ mode: 'open' }, { tokens: {} as ApiTokens, clock: systemClock })
    const streams = new OpenStreams(
      { most: 1 },
      { isGood: async () => true, clock: systemClock, logger: silentLogger() },
    )
    const limits = { requestsPerMinute: 10, failedLoginsPerMinute: 10, streamsPerPrincipal: 1 }
    await new AccessGuard({ limits, ownNames: [] }, { authentication, streams }).register(server)
    await server.register(
      async (scope) => void scope.route({ method, url: '/things', config, handler: async () => ({}) }),
    )
    await server.listen(listen).finally(() => server.close())
  }

  it('keeps the coordinator from starting, and so does one without a name for the audit log', async () => {
    await assert.rejects(startWith(undefined), /GET \/things does not say who may call it/)
    await assert.rejects(startWith({ isStream: true }), /does not say who may call it/)
    await assert.rejects(
      startWith({ access: 'admin' }, 'POST'),
      /POST \/things does not say what the audit log calls it/,
    )
    await assert.rejects(startWith({ isOpen: true }, 'POST'), /does not say what the audit log calls it/)
    await startWith({ access: 'read' })
    await startWith({ access: 'read', action: null }, 'POST')
  })
})

describe('a deployer of one app', () => {
  let coordinator: WholeCoordinator
  let shop: string
  let hello: string
  before(async () => {
    coordinator = await WholeCoordinator.start()
    shop = await coordinator.tokenOf('deployer', ['shop'])
    hello = await coordinator.tokenOf('deployer', ['hello', 'other'])
  })
  after(() => coordinator.remove())

  const statuses = async (calls: readonly (readonly [string, string, unknown?])[], token: string) =>
    Promise.all(
      calls.map(async ([method, path, body]) => {
        const { status, body: answer } = await coordinator.call(method, path, { body, token })
        return `${method} ${path.split('/')[1]} ${status} ${answer?.code ?? ''}`.trim()
      }),
    )

  it('may not touch another’s rollouts, releases and holds, and may read them', async () => {
    const held = await coordinator.call('POST', '/locks', { body: { app: 'hello', reason: 'a hold of hello' } })
    const rollout = await coordinator.call('POST', '/rollouts', { body: { app: 'hello' }, token: hello })
    assert.equal(rollout.status, 202, JSON.stringify(rollout.body))
    const release = await coordinator.call('POST', '/releases', { body: { app: 'hello' }, token: hello })
    assert.equal(release.status, 202)
    const verbs = ['pause', 'resume', 'promote', 'leave', 'abort', 'rollback', 'retry']
    const calls = [
      ['POST', '/rollouts', { app: 'hello' }],
      ['POST', '/releases', { app: 'hello' }],
      ['POST', `/releases/${release.body.id}/verify`],
      ['POST', `/releases/${release.body.id}/revoke`, { reason: 'out of spite' }],
      ['POST', '/locks', { app: 'hello', reason: 'out of spite' }],
      ['DELETE', `/locks/${held.body.id}`],
      ['DELETE', '/locks?app=hello'],
      ...verbs.map((verb) => ['POST', `/rollouts/${rollout.body.id}/${verb}`, {}] as const),
    ] as const
    for (const answer of await statuses(calls, shop)) assert.match(answer, / 403 FORBIDDEN$/)
    const reads = [
      ['GET', `/rollouts/${rollout.body.id}`],
      ['GET', `/releases/${release.body.id}`],
      ['GET', '/locks'],
    ] as const
    for (const answer of await statuses(reads, shop)) assert.match(answer, / 200$/)
    // Nothing of all that was done.
    assert.equal((await coordinator.call('GET', `/rollouts/${rollout.body.id}`)).body.phase, 'queued')
    assert.equal((await coordinator.call('GET', '/locks')).body.length, 1)
    const leave = await coordinator.call('POST', `/rollouts/${rollout.body.id}/leave`, { body: {}, token: hello })
    assert.equal(leave.body.phase, 'aborted')
    assert.equal((await coordinator.call('DELETE', `/locks/${held.body.id}`, { token: hello })).status, 200)
  })

  it('may not hold or release all apps, nor have all hosts read their files, even if it may deploy all', async () => {
    const everything = await coordinator.tokenOf('deployer', '*')
    const held = await coordinator.call('POST', '/locks', { body: { app: null, reason: 'stop the line' } })
    const calls = [
      ['POST', '/locks', { app: null, reason: 'me too' }],
      ['DELETE', `/locks/${held.body.id}`],
      ['DELETE', '/locks?app=*'],
      ['POST', '/fleet/check', { digests: true }],
    ] as const
    for (const token of [shop, everything])
      for (const answer of await statuses(calls, token)) assert.match(answer, / 403 FORBIDDEN$/)
    assert.equal((await coordinator.call('DELETE', '/locks?app=*')).status, 200)
  })

  it('may not deploy a release of another app as one of its own', async () => {
    await coordinator.call('PUT', '/apps/shop', { body: { source: { directory: coordinator.directory } } })
    const release = await coordinator.call('POST', '/releases', { body: { app: 'hello' }, token: hello })
    const { status, body } = await coordinator.call('POST', '/rollouts', {
      body: { app: 'shop', releaseId: release.body.id },
      token: shop,
    })
    assert.ok([400, 404, 409].includes(status), JSON.stringify(body))
  })

  it('is recorded by what it proved, and what it says of itself is a note', async () => {
    const held = await coordinator.call('POST', '/locks', {
      body: { app: 'hello', reason: 'x', by: 'ann' },
      token: hello,
    })
    const id = `token:${hello.split('_')[1]}`
    assert.equal(held.body.by, `ann via ${id}`)
    const rollout = await coordinator.call('POST', '/rollouts', { body: { app: 'hello' }, token: hello })
    assert.equal(rollout.body.by, id)
    const left = await coordinator.call('POST', `/rollouts/${rollout.body.id}/leave`, {
      body: { reason: 'no' },
      token: hello,
    })
    assert.equal(left.body.reason, `no (by ${id})`)
  })
})
