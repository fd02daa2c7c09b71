import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { runHook } from '../../../peer-agent/hooks/hook-runner.ts'
import { LogShipper } from '../../../peer-agent/logs/log-shipper.ts'
import type { SpoolBody } from '../../../peer-agent/spool/spool.ts'
import type { HttpHook } from '../../../proto/release-manifest.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { Redactor } from '../../../runtime/redactor.ts'
import { freePorts } from '../../support/free-ports.ts'
import { logQuota } from '../../support/log-quota.ts'

interface Call {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server
let base: string
let calls: Call[]
let output: string

before(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    calls.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    const path = request.url!.split('?')[0]
    if (path === '/ok') response.end('drained 3 connections\n')
    else if (path === '/busy') response.writeHead(503).end('first\nstill 7 connections\n')
    else if (path === '/moved') response.writeHead(302, { location: '/ok' }).end()
    else if (path === '/large') response.end('x'.repeat(1_000_000))
    else if (path === '/half') response.writeHead(200, { 'content-length': 100 }).write('some')
    else if (path === '/broken')
      response.writeHead(200, { 'content-length': 100 }).write('some', () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  calls = []
  output = ''
})

const spool = {
  append: (body: SpoolBody) => {
    if ('logChunk' in body) output += Buffer.from(body.logChunk.data).toString()
  },
}

function run(hook: Partial<HttpHook> & { http: string }, signal = new AbortController().signal): Promise<void> {
  return runHook(
    {
      ...{ name: 'drain' as const, hook: { deadlineMs: 10_000, ...hook }, directory: '/', attemptId: 'a', signal },
      environment: { BALANCER: base, ROOKERY_HOST: 'web-1', TOKEN: 'secret' },
      ...{ repeated: false, context: { rolloutId: 'r', app: 'a', releaseId: 'a-1' } },
      checkUrl: () => {},
      onExit: () => assert.fail('a call has no exit code'),
    },
    {
      clock: systemClock,
      logs: new LogShipper({ spool, clock: systemClock, redactor: Redactor.none, quota: logQuota(systemClock) }),
    },
  )
}

describe('hooks over HTTP', () => {
  it('call once, by POST when nothing else is said, and log status and text', async () => {
    await run({ http: `${base}/ok` })
    assert.deepEqual(
      calls.map(({ method, url, body }) => [method, url, body]),
      [['POST', '/ok', '']],
    )
    assert.equal(output, `HTTP 200 from POST ${base}/ok\ndrained 3 connections\n`)
  })

  it('replace variables in URL, headers and body', async () => {
    await run({
      http: `\${BALANCER}/ok?host=\${ROOKERY_HOST}`,
      method: 'PUT',
      headers: { authorization: `Bearer \${TOKEN}`, 'content-type': 'application/json' },
      body: `{"hook":"\${ROOKERY_HOOK}"}`,
    })
    const [call] = calls
    assert.deepEqual([call?.method, call?.url, call?.body], ['PUT', '/ok?host=web-1', '{"hook":"drain"}'])
    assert.equal(call?.headers.authorization, 'Bearer secret')
    assert.equal(call?.headers['content-type'], 'application/json')
    await assert.rejects(run({ http: `${base}/\${NOWHERE}` }), { code: 'HOOK_FAILED', message: /NOWHERE is not set/ })
  })

  it('that fail tell status, address and the last line, and no secret of the address', async () => {
    const { host } = new URL(base)
    await assert.rejects(run({ http: `http://user:\${TOKEN}@${host}/busy?key=\${TOKEN}`, method: 'GET' }), {
      code: 'HOOK_FAILED',
      message: `hook drain got HTTP 503 from GET ${base}/busy: still 7 connections`,
    })
    assert.ok(!output.includes('secret'))
    await assert.rejects(run({ http: `${base}/moved` }), { message: /HTTP 302 from POST/ })
    assert.equal(calls.length, 2)
    const [closed] = await freePorts(1)
    await assert.rejects(run({ http: `http://127.0.0.1:${closed}/` }), { code: 'HOOK_FAILED', message: /ECONNREFUSED/ })
    await assert.rejects(run({ http: `${base}/ok`, headers: { 'bad name': 'x' } }), { code: 'HOOK_FAILED' })
  })

  it('wait for the end of the answer, and no longer than their deadline', async () => {
    await assert.rejects(run({ http: `${base}/half`, deadlineMs: 100 }), {
      code: 'HOOK_TIMEOUT',
      message: `hook drain got no whole answer from POST ${base}/half in 100 ms`,
    })
    await assert.rejects(run({ http: `${base}/broken` }), { code: 'HOOK_FAILED', message: /could not call/ })
    await assert.rejects(run({ http: `${base}/never`, deadlineMs: 100 }), { code: 'HOOK_TIMEOUT' })
  })

  it('log at most 8 KiB of an answer', async () => {
    await run({ http: `${base}/large` })
    assert.equal(output.length - `HTTP 200 from POST ${base}/large\n`.length, 8 * 1024)
  })

  it('end with the activation', async () => {
    const abort = new AbortController()
    const call = run({ http: `${base}/never` }, abort.signal)
    abort.abort(new Error('cancelled'))
    await assert.rejects(call, { message: 'cancelled' })
  })
})
