import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { AuditEntry } from '../../../proto/http/access.ts'
import { rookery } from '../../support/command-line.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

const signingSecret = 'the-secret-of-the-chat'

describe('the audit log of a coordinator', () => {
  let scratch: string
  let coordinator: WholeCoordinator
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'rookery-audit-'))
    await writeFile(join(scratch, 'secret'), signingSecret)
    const settings = {
      chat: { signingSecretFile: join(scratch, 'secret') },
      limits: { failedLoginsPerMinute: 3 },
    }
    coordinator = await WholeCoordinator.start({ settings })
  })
  after(async () => {
    await coordinator.remove()
    await rm(scratch, { recursive: true })
  })

  const entries = async (query = ''): Promise<AuditEntry[]> =>
    (await coordinator.call('GET', `/audit?limit=1000${query}`)).body.entries.toReversed()
  /** What these calls left behind, in order. */
  const recorded = async (work: () => Promise<unknown>) => {
    const last = (await entries()).at(-1)?.number ?? 0
    await work()
    return (await entries()).filter(({ number }) => number > last)
  }
  const admin = () => `token:${coordinator.adminToken.split('_')[1]}`
  const slash = async (text: string, secret = signingSecret) => {
    const body = new URLSearchParams({ text, user_name: 'ann', trigger_id: randomUUID() }).toString()
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
    return fetch(`${coordinator.url}/api/v1/chat/slash`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
      body,
    })
  }

  it('has what was done: who, what, about what, asked for how, from where', async () => {
    let id = ''
    const [held, released] = await recorded(async () => {
      id = (await coordinator.call('POST', '/locks', { body: { app: 'hello', reason: 'a fire', by: 'ann' } })).body.id
      await coordinator.call('DELETE', `/locks/${id}?by=bob`)
    })
    assert.deepEqual(
      { ...held!, atMs: 0, number: 0, hash: '', previousHash: '' },
      {
        ...{ number: 0, atMs: 0, hash: '', previousHash: '', source: '127.0.0.1', result: 'ok' },
        ...{ principal: admin(), action: 'lock.hold', target: id },
        parameters: '{"app":"hello","reason":"a fire","by":"ann"}',
      },
    )
    assert.ok(Math.abs(held!.atMs - Date.now()) < 10_000)
    assert.deepEqual([released!.action, released!.target, released!.parameters], ['lock.release', id, '{"by":"bob"}'])
  })

  it('has who was put out, and which token was made, by name', async () => {
    let id = ''
    const [made, revoked] = await recorded(async () => {
      id = (await coordinator.call('POST', '/join-tokens', { body: { pools: ['web'] } })).body.id
      await coordinator.call('POST', '/identities/host/web-1/revoke', { body: {} })
    })
    assert.deepEqual([made!.action, made!.target, made!.result], ['join-token.create', id, 'ok'])
    assert.deepEqual(
      [revoked!.action, revoked!.target, revoked!.result],
      ['identity.revoke', 'host:web-1', 'NOT_FOUND'],
    )
  })

  it('has what was refused, with the code of the refusal', async () => {
    const viewer = await coordinator.tokenOf('viewer')
    const found = await recorded(async () => {
      await coordinator.call('POST', '/rollouts', { body: { app: 'hello' }, token: viewer })
      await coordinator.call('POST', '/rollouts', { body: { app: 'hello' }, token: null })
      await coordinator.call('DELETE', '/hosts/nobody')
      await coordinator.call('POST', '/rollouts', { body: { app: 7 } })
      await coordinator.call('POST', '/rollouts', { body: { app: 'unknown' } })
      // Reading is not recorded, nor what merely asks.
      await coordinator.call('GET', '/hosts')
      await coordinator.call('GET', '/hosts', { token: null })
      await coordinator.call('POST', '/rollouts/preview', { body: { app: 'hello' }, token: viewer })
    })
    assert.deepEqual(
      found.map(({ principal, action, target, result }) => [principal, action, target, result]),
      [
        [`token:${viewer.split('_')[1]}`, 'rollout.start', '', 'FORBIDDEN'],
        ['anonymous', 'rollout.start', '', 'UNAUTHORIZED'],
        [admin(), 'host.forget', 'nobody', 'NOT_FOUND'],
        [admin(), 'rollout.start', '7', 'REQUEST_INVALID'],
        [admin(), 'rollout.start', 'unknown', 'NOT_FOUND'],
      ],
    )
  })

  it('names a token that was made by its id, and never holds it', async () => {
    let token = ''
    const [made] = await recorded(async () => {
      token = await coordinator.tokenOf('deployer', ['hello'])
    })
    assert.deepEqual([made!.action, made!.target], ['token.create', token.split('_')[1]])
    assert.ok(!JSON.stringify(await entries()).includes(token.slice(14)))
  })

  it('has what came from a chat, under the name that the chat gives', async () => {
    const found = await recorded(async () => {
      await slash('hold hello the database is ill')
      await slash('release hello')
      await slash('release hello')
    })
    assert.deepEqual(
      found.map(({ principal, action, target, result }) => [principal, action, target, result]),
      [
        ['chat:ann', 'chat.hold', 'hello', 'ok'],
        ['chat:ann', 'chat.release', 'hello', 'ok'],
        ['chat:ann', 'chat.release', 'hello', 'NOT_FOUND'],
      ],
    )
  })

  it('is not flooded by callers without credentials', async () => {
    const found = await recorded(async () => {
      for (let index = 0; index < 20; index++) {
        await coordinator.call('POST', '/rollouts', { body: {}, token: null })
        await slash('help', 'a wrong secret')
      }
    })
    assert.ok(found.length <= 3, `${found.length} entries`)
    assert.equal((await slash('help', 'a wrong secret')).status, 429)
    assert.equal((await slash('help')).status, 200)
  })

  it('keeps calls from being answered when it cannot be written', async () => {
    const store = new DatabaseSync(join(coordinator.directory, 'coordinator.sqlite'))
    store.exec("create trigger full before insert on audit_entry begin select raise(abort, 'the disk is full'); end")
    const done = await coordinator.call('POST', '/locks', { body: { app: 'hello', reason: 'x' } })
    assert.deepEqual([done.status, done.body.code], [503, 'UNAVAILABLE'])
    const refused = await coordinator.call('POST', '/rollouts', { body: { app: 'unknown' } })
    assert.deepEqual([refused.status, refused.body.code], [503, 'UNAVAILABLE'])
    assert.equal((await slash('status')).status, 503)
    store.exec('drop trigger full')
    store.close()
    assert.equal((await coordinator.call('DELETE', '/locks?app=hello')).status, 200)
  })

  it('is listed, exported and verified by the command line, also without the coordinator', async () => {
    const environment = { ROOKERY_TOKEN: coordinator.adminToken, ROOKERY_COORDINATOR: coordinator.url }
    const run = (...args: string[]) => rookery(['audit', ...args], { environment })
    const list = await run('list', '--action', 'lock.*', '--since', '1h', '--limit', '2')
    assert.match(list.stdout, /WHO .*\n *\d+ .*lock\.release/)
    assert.match(list.stderr, /more: --before \d+/)
    const online = await run('verify')
    assert.equal(online.exitCode, 0)
    const [, anchor] = /the last is (\d+:[0-9a-f]{64})/.exec(online.stdout)!
    assert.equal((await run('verify', '--anchor', anchor!)).exitCode, 0)
    const other = `${anchor!.slice(0, -1)}${anchor!.endsWith('0') ? '1' : '0'}`
    const wrong = await run('verify', '--anchor', other)
    assert.deepEqual([wrong.exitCode, /it is another than it was/.test(wrong.stdout)], [1, true])

    const file = join(scratch, 'audit.jsonl')
    assert.equal((await run('export', '-o', file)).exitCode, 0)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const text = await readFile(file, 'utf8')
    assert.equal((await run('export')).stdout.slice(0, text.length), text)
    const offline = (...args: string[]) => rookery(['audit', 'verify', file, ...args])
    assert.equal((await offline('--anchor', anchor!)).exitCode, 0)

    const lines = text.trimEnd().split('\n')
    const cut = async (changed: readonly string[]) => {
      await writeFile(file, `${changed.join('\n')}\n`)
      return offline('--anchor', anchor!)
    }
    const changed = lines.with(4, lines[4]!.replace('127.0.0.1', '127.0.0.2'))
    for (const [what, text] of [
      [changed, /✗ entry 5: it was changed.*; 4 entries before it are whole/],
      [lines.toSpliced(2, 1), /✗ entry 4: number 3 was to follow/],
      [lines.toSpliced(1, 0, 'not json'), /✗ entry 2: its line is not an entry/],
      [lines.slice(0, 3), /the end was cut off/],
    ] as const) {
      const { exitCode, stdout } = await cut(what)
      assert.equal(exitCode, 1)
      assert.match(stdout, text)
    }
    assert.equal((await rookery(['audit', 'verify', join(scratch, 'nothing')])).exitCode, 2)
  })
})
