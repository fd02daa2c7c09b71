import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { chatRoutes } from '../../../coordinator/api/chat.ts'
import type { AuditRecord } from '../../../coordinator/audit/audit-log.ts'
import type { ChatActions } from '../../../coordinator/chat/chat-actions.ts'
import { isFromSlack, TakenSignatures } from '../../../coordinator/chat/slack-signature.ts'
import { CoordinatorConfig } from '../../../coordinator/config.ts'
import { composeCoordinator } from '../../../coordinator/service.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { loadConfig } from '../../../runtime/config.ts'
import { createHttpServer, type HttpServer } from '../../../runtime/http-server.ts'
import { Lifecycle } from '../../../runtime/lifecycle.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'

const secret = '8f742231b10e8888abcd99yyyzzz85a5'

interface Sending {
  readonly user?: string
  readonly ageSeconds?: number
  readonly signingSecret?: string
  readonly responseUrl?: string
  /** Slack gives each command one of its own. */
  readonly triggerId?: string
}

/** A slash command as Slack sends it. */
async function slash(url: string, text: string, sending: Sending = {}) {
  const { user = 'ann', ageSeconds = 0, signingSecret = secret, responseUrl = '' } = sending
  const { triggerId = randomUUID() } = sending
  const body = new URLSearchParams({
    command: '/rookery',
    text,
    user_name: user,
    response_url: responseUrl,
    trigger_id: triggerId,
  }).toString()
  const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds)
  const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`
  const response = await fetch(`${url}/api/v1/chat/slash`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body,
  })
  return {
    status: response.status,
    answer: (await response.json()) as { response_type: string; text: string; code: string },
  }
}

describe('Slack’s signature', () => {
  it('is the one of Slack’s own example', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
    const signed = { timestamp: '1531420618', signature, body: Buffer.from(body) }
    assert.equal(isFromSlack(signed, secret, 1_531_420_618_000), true)
    assert.equal(isFromSlack(signed, secret, 1_531_420_618_000 + 300_000), true)
    assert.equal(isFromSlack(signed, secret, 1_531_420_618_000 + 301_000), false)
    assert.equal(isFromSlack({ ...signed, timestamp: '1531420619' }, secret, 1_531_420_618_000), false)
    assert.equal(isFromSlack({ ...signed, body: Buffer.from(`${body}x`) }, secret, 1_531_420_618_000), false)
    const taken = new TakenSignatures()
    const atMs = 1_531_420_618_000
    assert.deepEqual(
      [0, 1, 600_000, 600_001].map((laterMs) => taken.take(signature, atMs + laterMs)),
      [true, false, false, true],
    )
    for (const broken of ['', 'v0=', 'v1=00', `${signature}0`])
      assert.equal(isFromSlack({ ...signed, signature: broken }, secret, 1_531_420_618_000), false)
  })
})

describe('chat', () => {
  let directory = ''
  let url = ''
  let lifecycle: Lifecycle
  const say = async (text: string, user?: string) => (await slash(url, text, { user })).answer

  /** A whole coordinator in this process; no agent ever comes, and tracker and seeder are away. */
  const start = async (chat: object) => {
    const [port] = await freePorts(1)
    const file = join(directory, 'coordinator.yml')
    const settings = {
      ...{ listen: { port }, fleet: { listen: { port: 0 } }, dataDirectory: join(directory, `data-${port}`), chat },
      tracker: { controlUrl: 'http://127.0.0.1:1', announceUrls: ['http://127.0.0.1:1/announce'] },
      seeder: { controlUrl: 'http://127.0.0.1:1' },
      apps: { hello: { directory: join(import.meta.dirname, '../../../examples/hello') } },
    }
    await writeFile(file, JSON.stringify(settings))
    const config = await loadConfig('coordinator', CoordinatorConfig, { file, environment: {}, overrides: [] })
    const logger = silentLogger()
    const life = new Lifecycle({ logger })
    await composeCoordinator({ config, logger, lifecycle: life, shutDown: () => {} })
    await life.start()
    return { url: `http://127.0.0.1:${port}`, life }
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-chat-'))
    await writeFile(join(directory, 'secret'), `${secret}\n`)
    const started = await start({ signingSecretFile: join(directory, 'secret') })
    url = started.url
    lifecycle = started.life
  })
  after(async () => {
    await lifecycle.stop()
    await rm(directory, { recursive: true })
  })

  it('needs no token, but a fresh and right signature', async () => {
    assert.equal((await slash(url, 'help')).status, 200)
    assert.equal((await slash(url, 'help', { signingSecret: 'wrong' })).status, 401)
    const stale = await slash(url, 'help', { ageSeconds: 400 })
    assert.deepEqual([stale.status, stale.answer.code], [401, 'UNAUTHORIZED'])
    assert.equal((await fetch(`${url}/api/v1/locks`)).status, 401)
    const unsigned = await fetch(`${url}/api/v1/chat/slash`, { method: 'POST' })
    assert.equal(unsigned.status, 401)
  })

  it('takes no request twice', async () => {
    const sent = await eventually('both within one second', async () => {
      const triggerId = randomUUID()
      const second = () => Math.floor(Date.now() / 1000)
      const began = second()
      const both = [await slash(url, 'help', { triggerId }), await slash(url, 'help', { triggerId })]
      return second() === began && both
    })
    assert.deepEqual(
      sent.map(({ status }) => status),
      [200, 401],
    )
    assert.equal((await slash(url, 'help')).status, 200)
  })

  it('does not exist without a secret', async () => {
    const other = await start({})
    assert.equal((await slash(other.url, 'help')).status, 404)
    await other.life.stop()
  })

  it('holds an app, queues behind it, leaves, and releases', async () => {
    const held = await say('hold hello database &amp; disk work')
    assert.equal(held.response_type, 'in_channel')
    assert.match(held.text, /^hello: no rollout starts \(hold h-\S+ of chat:ann: database &amp; disk work\)$/)
    const joined = await say('join hello - fix the login page', 'bob')
    assert.match(
      joined.text,
      /^hello: rollout (r\S+) is queued \(asked by chat:bob; fix the login page; waits for .*held by chat:ann/,
    )
    const id = /rollout (r\S+)/.exec(joined.text)![1]!
    const queue = await say('queue hello')
    assert.equal(queue.response_type, 'ephemeral')
    assert.ok(queue.text.includes(id), queue.text)
    const status = await say('status')
    assert.match(status.text, new RegExp(`^hello is held by chat:ann: database &amp; disk work\nhello: rollout ${id} `))
    assert.match((await say(`leave ${id}`, 'bob')).text, /has left the queue \(chat:bob\)$/)
    assert.match((await say(`leave ${id}`)).text, /\(CONFLICT\)$/)
    assert.equal((await say('queue')).text, 'nobody waits')
    assert.match((await say('release hello')).text, /^hello: released by chat:ann, h-/)
    assert.match((await say('release hello')).text, /nobody holds hello \(NOT_FOUND\)/)
    assert.match((await say('hold all outage')).text, /^all apps: no rollout starts/)
    assert.match((await say('release all')).text, /^all apps: released/)
  })

  it('says how to say it', async () => {
    assert.match((await say('')).text, /^commands:\n {2}status \[app\]\n/)
    assert.match((await say('dance')).text, /^there is no command dance\ncommands:/)
    assert.match((await say('constructor')).text, /^there is no command constructor/)
    assert.match((await say('hold hello')).text, /^usage: hold APP\|all REASON/)
    assert.match((await say('status helo')).text, /^no app helo/)
    assert.match((await say('join helo')).text, /^no app helo/)
    assert.match((await say(`hold hello ${'x'.repeat(501)}`)).text, /longer than 500 characters/)
  })
})

describe('a chat command that takes long', () => {
  it('is answered in time, and with its result behind', async () => {
    const late: Promise<unknown>[] = []
    let finish = (_: unknown) => {}
    late.push(new Promise((resolve) => (finish = resolve)))
    const slack = createServer(async (request, response) => {
      let text = ''
      for await (const part of request) text += part
      response.end()
      finish(JSON.parse(text))
    })
    slack.listen(0, '127.0.0.1')
    await once(slack, 'listening')
    const actions = { queue: () => new Promise((resolve) => setTimeout(resolve, 2_200, [])) } as unknown as ChatActions
    const listen = { host: '127.0.0.1', port: 0 }
    const server: HttpServer = createHttpServer(
      { listen },
      { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined },
    )
    const chat = { signingSecret: secret, actions }
    const recorded: AuditRecord[] = []
    const audit = { record: async (entry: AuditRecord) => void recorded.push(entry) }
    const parts = { chat, audit, clock: systemClock }
    await server.register(async (scope) => chatRoutes(scope as unknown as HttpServer, parts), { prefix: '/api/v1' })
    await server.listen(listen)
    const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
    const responseUrl = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/reply`
    const startMs = performance.now()
    assert.equal((await slash(url, 'queue', { responseUrl })).answer.text, 'working on it…')
    assert.ok(performance.now() - startMs < 3_000)
    assert.deepEqual(await late[0], { response_type: 'ephemeral', text: 'nobody waits' })
    assert.deepEqual(
      recorded.map(({ principal, action, result }) => [principal, action, result]),
      [['chat:ann', 'chat.queue', 'ok']],
    )
    slack.close()
    await server.close()
  })
})
