import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { eventually } from '../support/eventually.ts'
import { WholeCoordinator } from '../support/whole-coordinator.ts'

const seed = Number(process.env.FUZZ_SEED ?? 20_260_131)
const calls = 10_000
const together = 32
const noLimits = { requestsPerMinute: 1_000_000, failedLoginsPerMinute: 10_000, streamsPerPrincipal: 10 }

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

interface Route {
  readonly method: string
  readonly path: string
  /** Of its body, as JSON schema. */
  readonly schema: Schema | undefined
  readonly query: readonly string[]
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
}

/** Texts that parsers, paths, shells and databases stumble over. */
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    '..',
    '../../etc/passwd',
    '%00',
    '\u0000',
    "' OR 1=1 --",
    '%24{jndi:x}',
    '$(id)',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom('\ud800', '\u202e', '1e999', '-1', '9007199254740993', 'x'.repeat(5_000), '[]', 'null'),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const oddValue = fc.oneof(
  { maxDepth: 3 },
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.constant({ __proto__: 1 }),
)

/** A body as the route asks for it, more or less. */
function bodyOf(schema: Schema | undefined): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema?.properties ?? {})
  if (fields.length === 0) return oddValue
  const near = fc.record(Object.fromEntries(fields.map(([name, inner]) => [name, fc.oneof(oddValue, bodyOf(inner))])), {
    requiredKeys: [],
  })
  return fc.oneof({ arbitrary: near, weight: 3 }, { arbitrary: oddValue, weight: 1 })
}

function callOf({ method, path, schema, query }: Route) {
  const places = path.split('/').filter((part) => part.startsWith('{')).length
  return fc.record({
    method: fc.constant(method),
    path: fc.tuple(...Array.from({ length: places }, () => oddText)).map((values) => {
      const left = [...values]
      return path.replace(/\{[^}]+\}/g, () => encoded(left.shift()!) || 'x')
    }),
    query: fc.dictionary(fc.constantFrom(...query, 'limit', 'x'), oddText, { maxKeys: 3 }),
    type: fc.constantFrom(
      'application/json',
      'application/json',
      'application/json',
      'text/plain',
      'application/json; charset=utf-16',
      '',
    ),
    body: fc.oneof(
      { arbitrary: bodyOf(schema).map((value) => JSON.stringify(value) ?? ''), weight: 8 },
      { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
      { arbitrary: fc.constantFrom('{', '[[[[', `${'['.repeat(10_000)}`, '{"a":1,"a":2}', 'nul'), weight: 1 },
    ),
  })
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, 3_000)
}

describe('malformed calls of the coordinator', () => {
  let coordinator: WholeCoordinator
  const agent = new Agent({ keepAlive: true, maxSockets: together })
  before(async () => {
    coordinator = await WholeCoordinator.start({ settings: { limits: noLimits } })
  })
  after(async () => {
    agent.destroy()
    await coordinator.remove()
  })

  const send = (method: string, path: string, headers: Record<string, string>, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = request({ agent, port: coordinator.port, host: '127.0.0.1', method, path, headers }, (response) => {
        // Streams stay open: what answers well is not read on.
        if (/event-stream/.test(response.headers['content-type'] ?? '')) response.destroy()
        response.resume()
        response.once('close', () => resolve(response.statusCode ?? 0))
      })
      call.setTimeout(20_000, () => call.destroy(new Error(`no answer to ${method} ${path}`)))
      call.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`)))
      call.end(body)
    })

  it(`answers each of ${calls} with what is wrong, and is none the worse (seed ${seed})`, async (t) => {
    const authorization = `Bearer ${coordinator.adminToken}`
    const answer = await fetch(`http://127.0.0.1:${coordinator.port}/api/v1/openapi.json`, {
      headers: { authorization },
    })
    const routes = routesOf(await answer.json())
    assert.ok(routes.length > 40)
    const samples = fc.sample(fc.constantFrom(...routes).chain(callOf), { seed, numRuns: calls })
    const before = { heap: heapUsed(), files: readdirSync('/proc/self/fd').length }
    const statuses = new Map<number, number>()
    const faults: string[] = []
    for (let index = 0; index < samples.length; index += together) {
      await Promise.all(
        samples.slice(index, index + together).map(async ({ method, path, query, type, body }) => {
          const search = new URLSearchParams(
            Object.entries(query).map(([key, value]): [string, string] => [key, value.toWellFormed()]),
          )
          const length = String(Buffer.byteLength(body))
          const headers = { authorization, 'content-length': length, ...(type === '' ? {} : { 'content-type': type }) }
          const status = await send(method, `${path}?${search}`, headers, body)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          // 502 to 504 say that tracker or seeder are away, which they are.
          if (status === 500) faults.push(`${method} ${path} ${search} ${body.slice(0, 300)}`)
        }),
      )
    }
    t.diagnostic(JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b))))
    assert.deepEqual(faults.slice(0, 5), [])
    assert.ok((statuses.get(400) ?? 0) > calls / 4)
    agent.destroy()
    await eventually('no socket is left', () => readdirSync('/proc/self/fd').length <= before.files + 5)
    assert.ok(heapUsed() - before.heap < 64 * 1024 * 1024)
  })

  it('and bytes that are no HTTP, on both ports', async () => {
    const methods = ['GET', 'POST', 'PUT', 'G E T', '\u0000']
    const random = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 400 }), { seed, numRuns: 300 })
    const near = fc.sample(fc.tuple(fc.constantFrom(...methods), oddText, oddText), { seed, numRuns: 300 })
    const inputs = [
      ...random.map((bytes) => Buffer.from(bytes)),
      ...near.map(([method, path, header]) =>
        Buffer.from(`${method} /${path} HTTP/1.1\r\nHost: x\r\n${header}: ${header}\r\n\r\n`),
      ),
      Buffer.from(
        'POST /api/v1/apps HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nffffffffff\r\n',
      ),
      Buffer.from(`GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(20_000)}\r\n`),
      Buffer.from(
        'GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      ),
    ]
    for (const port of [coordinator.port, coordinator.fleetPort]) {
      await Promise.all(
        inputs.map(async (bytes) => {
          const socket = connect(port, '127.0.0.1')
          socket.on('error', () => {})
          socket.resume()
          socket.end(bytes)
          const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
          await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3_000))])
          socket.destroy()
        }),
      )
      assert.equal((await fetch(`http://127.0.0.1:${coordinator.port}/healthz`)).status, 200)
    }
  })
})

function routesOf(document: unknown): Route[] {
  type Operation = {
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
    readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  }
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { requestBody, parameters = [] }]) => ({
      method: method.toUpperCase(),
      path: path.startsWith('/api/') ? path : `/api/v1${path}`,
      schema: Object.values(requestBody?.content ?? {})[0]?.schema,
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    })),
  )
}

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
