import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { Type } from 'typebox'
import { RookeryError } from '../../../runtime/errors.ts'
import { createHttpServer, sharedToken } from '../../../runtime/http-server.ts'
import { silentLogger } from '../../../runtime/logger.ts'

function makeServer(token?: string, notReady?: string) {
  const options = { listen: { host: '127.0.0.1', port: 0 }, authenticate: sharedToken(token) }
  const server = createHttpServer(options, {
    logger: silentLogger(),
    metrics: new Registry(),
    notReady: () => notReady,
  })
  const strict = { additionalProperties: false }
  const schema = {
    body: Type.Object({ count: Type.Integer(), mode: Type.Optional(Type.String({ default: 'fast' })) }, strict),
    querystring: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 10 })) }, strict),
  }
  server.post('/things', { schema }, async ({ body, query }) => ({ ...body, ...query }))
  server.get('/refused', async () => {
    throw new RookeryError('CONFLICT', 'not now')
  })
  server.get('/broken', async () => {
    throw new Error('a secret path /etc/x')
  })
  return server
}

describe('http server', () => {
  it('fills in defaults and coerces queries, but not bodies', async () => {
    const server = makeServer()
    const good = await server.inject({ method: 'POST', url: '/things?limit=5', payload: { count: 1 } })
    assert.deepEqual(good.json(), { count: 1, mode: 'fast', limit: 5 })
    const bad = await server.inject({ method: 'POST', url: '/things?limit=99', payload: { count: '1' } })
    assert.equal(bad.statusCode, 400)
  })

  it('answers errors as problem details that name the field', async () => {
    const response = await makeServer().inject({ method: 'POST', url: '/things', payload: { count: 1, colour: 'red' } })
    assert.match(String(response.headers['content-type']), /application\/problem\+json/)
    const { code, status, issues } = response.json()
    assert.deepEqual(
      [code, status, issues],
      ['REQUEST_INVALID', 400, [{ field: 'body.colour', message: 'unknown key' }]],
    )
    assert.equal(
      (
        await makeServer().inject({
          method: 'POST',
          url: '/things',
          payload: '{',
          headers: { 'content-type': 'application/json' },
        })
      ).json().code,
      'REQUEST_INVALID',
    )
    assert.equal((await makeServer().inject('/nowhere')).json().code, 'NOT_FOUND')
    assert.deepEqual(
      [(await makeServer().inject('/refused')).statusCode, (await makeServer().inject('/refused')).json().detail],
      [409, 'not now'],
    )
  })

  it('does not tell the world about our own mistakes', async () => {
    const response = await makeServer().inject('/broken')
    assert.equal(response.statusCode, 500)
    assert.ok(!response.body.includes('/etc/x'))
  })

  it('asks for the token everywhere but at health and metrics', async () => {
    const server = makeServer('a-long-enough-token')
    assert.equal((await server.inject('/refused')).statusCode, 401)
    assert.equal((await server.inject({ url: '/refused', headers: { authorization: 'Bearer wrong' } })).statusCode, 401)
    assert.equal(
      (await server.inject({ url: '/refused', headers: { authorization: 'Bearer a-long-enough-token' } })).statusCode,
      409,
    )
    assert.equal((await server.inject('/healthz')).statusCode, 200)
    assert.equal((await server.inject('/metrics')).statusCode, 200)
  })

  it('says why it is not ready', async () => {
    const response = await makeServer(undefined, 'still starting').inject('/readyz')
    assert.deepEqual([response.statusCode, response.json().detail], [503, 'still starting'])
  })

  it('refuses to listen beyond loopback without a token', () => {
    const options = { listen: { host: '0.0.0.0', port: 0 } }
    const dependencies = { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined }
    assert.throws(() => createHttpServer(options, dependencies), { code: 'CONFIG_INVALID' })
  })
})
