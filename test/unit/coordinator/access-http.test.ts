import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

/** A call with headers that `fetch` would not let anybody set; resolves with its status. */
function raw(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject)
    call.end()
  })
}

describe('pages of others', () => {
  let open: WholeCoordinator
  let enforced: WholeCoordinator
  before(async () => {
    open = await WholeCoordinator.start({ settings: { access: 'open', publicUrl: 'http://deploy.example.org' } })
    enforced = await WholeCoordinator.start()
  })
  after(async () => {
    await open.remove()
    await enforced.remove()
  })

  it('may not have a browser call a coordinator that asks for no credentials', async () => {
    const { host } = new URL(open.url)
    const abort = `${open.url}/api/v1/rollouts/r1/abort`
    for (const headers of [
      { origin: 'https://evil.example.org' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `http://${host}.evil.example.org` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      assert.equal(await raw(abort, headers, 'POST'), 403, JSON.stringify(headers))
    }
    assert.equal(await raw(abort, { origin: open.url, 'sec-fetch-site': 'same-origin' }, 'POST'), 404)
    assert.equal(await raw(abort, { origin: 'https://deploy.example.org' }, 'POST'), 404)
    assert.equal(await raw(abort, {}, 'POST'), 404)
  })

  it('may not reach it by a name that they had resolved to it', async () => {
    const hosts = `${open.url}/api/v1/hosts`
    const { port } = new URL(open.url)
    for (const host of [
      'evil.example.org',
      `127.example.org:${port}`,
      'localhost.example.org',
      '10.0.0.1',

      'a b',
      '[::2]',
    ])
      assert.ok([400, 403].includes(await raw(hosts, { host })), host)
    for (const host of [`localhost:${port}`, '127.0.0.1', '127.8.8.8:80', '[::1]:7070', 'deploy.example.org'])
      assert.equal(await raw(hosts, { host }), 200, host)
  })

  it('may not use the token of a dashboard, either', async () => {
    const headers = { authorization: `Bearer ${enforced.adminToken}` }
    const hosts = `${enforced.url}/api/v1/hosts`
    assert.equal(await raw(hosts, { ...headers, origin: 'https://evil.example.org' }), 403)
    assert.equal(await raw(hosts, { ...headers, origin: enforced.url }), 200)
    const { headers: answer } = await enforced.call('GET', '/hosts')
    assert.equal([...answer.keys()].filter((name) => name.startsWith('access-control-')).length, 0)
    const preflight = { origin: 'https://evil.example.org', 'access-control-request-method': 'POST' }
    assert.ok((await raw(hosts, preflight, 'OPTIONS')) >= 400)
  })

  it('get nothing to sniff, to store or to frame', async () => {
    for (const path of ['/api/v1/hosts', '/api/v1/events', '/api/v1/nothing', '/', '/app.js', '/metrics', '/nothing']) {
      const response = await fetch(`${enforced.url}${path}`, {
        headers: { authorization: `Bearer ${enforced.adminToken}` },
      })
      await response.body?.cancel()
      const { headers } = response
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
      assert.match(headers.get('content-security-policy')!, /default-src 'none'.*frame-ancestors 'none'/, path)
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path)
      if (path.startsWith('/api/')) assert.equal(headers.get('cache-control'), 'no-store', path)
    }
    const page = await fetch(`${enforced.url}/`)
    assert.deepEqual([page.status, /script-src 'self'/.test(page.headers.get('content-security-policy')!)], [200, true])
  })

  it('is open on loopback only', async () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org'])
      await assert.rejects(WholeCoordinator.start({ settings: { access: 'open', listen: { host, port: 0 } } }), {
        code: 'CONFIG_INVALID',
      })
  })

  it('is told that everybody is an admin where no credentials are asked for', async () => {
    const { body } = await open.call('GET', '/whoami')
    assert.deepEqual([body.principal, body.role], ['open', 'admin'])
  })
})

describe('limits of calls', () => {
  let coordinator: WholeCoordinator
  before(async () => {
    const limits = { requestsPerMinute: 30, failedLoginsPerMinute: 5 }
    coordinator = await WholeCoordinator.start({ settings: { limits } })
  })
  after(() => coordinator.remove())

  it('are for each principal by itself', async () => {
    const [busy, calm] = [await coordinator.tokenOf('viewer'), await coordinator.tokenOf('viewer')]
    const statuses: number[] = []
    for (let index = 0; index < 40; index++)
      statuses.push((await coordinator.call('GET', '/apps', { token: busy })).status)
    assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.at(-1)], [30, 429])
    const { body, headers } = await coordinator.call('GET', '/apps', { token: busy })
    assert.deepEqual([body.code, body.retryable], ['RATE_LIMITED', true])
    const retryAfter = Number(headers.get('retry-after'))
    assert.ok(retryAfter >= 1 && retryAfter <= 60)
    assert.equal((await coordinator.call('GET', '/apps', { token: calm })).status, 200)
  })

  it('are stricter for wrong credentials, and lock nobody out who has good ones', async () => {
    const good = await coordinator.tokenOf('viewer')
    const guess = `rk_0000000000_${'A'.repeat(43)}`
    const statuses: number[] = []
    for (let index = 0; index < 8; index++)
      statuses.push((await coordinator.call('GET', '/apps', { token: guess })).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429])
    const refused = await coordinator.call('GET', '/apps', { token: null })
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    assert.equal((await coordinator.call('GET', '/apps', { token: good })).status, 200)
  })

  it('hold for what needs no credentials, by address', async () => {
    let status = 200
    for (let index = 0; index < 60 && status === 200; index++) status = (await fetch(`${coordinator.url}/`)).status
    assert.equal(status, 429)
  })
})

describe('what a request may be', () => {
  let coordinator: WholeCoordinator
  before(async () => {
    coordinator = await WholeCoordinator.start()
  })
  after(() => coordinator.remove())

  it('is bounded: address, headers, body', async () => {
    const { adminToken: token, url } = coordinator
    const long = await coordinator.call('GET', `/hosts?x=${'a'.repeat(5_000)}`)
    assert.deepEqual([long.status, long.body.code], [400, 'REQUEST_INVALID'])
    assert.equal(await raw(`${url}/api/v1/hosts`, { 'x-long': 'a'.repeat(20_000) }), 431)
    const large = await coordinator.call('POST', '/locks', { body: { app: null, reason: 'x'.repeat(2 * 1024 * 1024) } })
    assert.deepEqual([large.status, large.body.code], [400, 'REQUEST_INVALID'])
    // Without credentials, not a byte of it is waited for.
    const stranger = await fetch(`${url}/api/v1/locks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) }),
      ...{ duplex: 'half' },
      signal: AbortSignal.timeout(5_000),
    })
    assert.equal(stranger.status, 401)
    assert.equal((await coordinator.call('GET', '/hosts', { token })).status, 200)
  })
})
