import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Release } from '../../proto/http/api.ts'
import type { LogEntry } from '../../proto/http/logs.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { rookery } from '../support/process.ts'
import { sampleApp } from '../support/sample-app.ts'

describe('a release that is signed elsewhere and then revoked, on real processes', () => {
  const signer = mkdtempSync(join(tmpdir(), 'rookery-signer-'))
  const flock = new Flock({
    pools: { web: ['web-1', 'web-2'] },
    coordinator: {
      'signing.command': [process.execPath, join(signer, 'sign.mjs')],
      'signing.publicKeyFile': join(signer, 'key.pub.pem'),
    },
    agent: { redact: ['password \\S+'], 'limits.commands': ['node', '/bin/sh'], 'limits.deployPaths': ['/srv'] },
  })
  let commits: string[] = []
  const releases: string[] = []
  const [v1, v2, v3] = [0, 1, 2]

  before(async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(join(signer, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    writeFileSync(join(signer, 'key.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
    writeFileSync(
      join(signer, 'sign.mjs'),
      `import { createPrivateKey, sign } from 'node:crypto'
       import { appendFileSync, readFileSync } from 'node:fs'
       const bytes = readFileSync(0)
       appendFileSync(${JSON.stringify(join(signer, 'log'))}, bytes + '\\n')
       const key = createPrivateKey(readFileSync(${JSON.stringify(join(signer, 'key.pem'))}))
       console.log(sign(null, bytes, key).toString('base64'))`,
    )
    await flock.start()
    const hooks = { preActivate: { command: 'echo using password hunter2 of $ROOKERY_HOST' } }
    const repository = join(flock.directory, 'repository')
    commits = makeRepository(
      repository,
      ['v1', 'v2', 'v3'].map((version) => sampleApp({ version, deploy: version === 'v2' ? { hooks } : {} })),
    )
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
  })
  after(async () => {
    await flock.stop()
    rmSync(signer, { recursive: true })
  })

  const answers = () => Promise.all(flock.hosts.map(async (host) => (await fetch(flock.appUrl(host, '/'))).text()))
  const cli = (...args: string[]) => rookery([...args, '--coordinator', flock.url])

  it('is signed by the command, taken by every host, and its output is without secrets', async () => {
    for (const version of [v1, v2]) {
      const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[version] }))
      assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
      releases.push(rollout.releaseId!)
      assert.equal(existsSync(join(flock.directory, 'coordinator/signing-key.pem')), false)
      if (version === v1) continue
      const lines = await eventually('the hooks’ output', async () => {
        const log = await flock.log({ rollout: rollout.id, stream: 'hook.preActivate' })
        return log.length === 2 && log.map(({ text }: LogEntry) => text).sort()
      })
      assert.deepEqual(lines, ['using [redacted] of web-1\n', 'using [redacted] of web-2\n'])
    }
    assert.deepEqual(await answers(), ['v2', 'v2'])
    assert.match((await cli('release', 'verify', releases[v2]!)).stdout, /signature: .*\n[\s\S]*is intact/)
  })

  it('is marked where it stands and where it still runs', async () => {
    const revoked = await cli('release', 'revoke', releases[v2]!, '--reason', 'leaks passwords')
    assert.equal(revoked.code, 0, revoked.stderr)
    assert.match(revoked.stdout, /is revoked: leaks passwords/)
    assert.ok(readFileSync(join(signer, 'log'), 'utf8').includes('"reason":"leaks passwords"'))
    const all = await flock.api<Release[]>('GET', '/releases?app=sample')
    assert.deepEqual(
      all.map(({ revoked: mark }) => mark?.releaseId),
      [releases[v2], releases[v2]],
    )
    assert.match((await cli('host', 'show', 'web-1')).stdout, /\(revoked\)/)
    const doctor = await cli('doctor', '--fleet')
    assert.equal(doctor.code, 1)
    assert.match(doctor.stdout, /web-2 +sample +revoked +still runs it: .*leaks passwords/)
    for (const host of flock.hosts)
      await eventually('every host knows', () => existsSync(join(flock.hostData(host), 'revocations.json')))
  })

  it('is deployed and gone back to no more', async () => {
    const again = await cli('deploy', 'sample', '--release', releases[v1]!, '--wait')
    assert.equal(again.code, 3, again.stdout + again.stderr)
    assert.match(again.stderr, /RELEASE_REVOKED/)
    const [{ id }] = await flock.api<[{ id: string }]>('GET', '/rollouts?app=sample')
    const back = await cli('rollout', 'rollback', id)
    assert.equal(back.code, 3)
    assert.match(back.stderr, /not newer than .*RELEASE_REVOKED/)
  })

  it('goes on where it is live, also after host and coordinator were restarted', async () => {
    const [app] = flock.appProcesses().filter(({ host }) => host === 'web-1')
    await flock.process('agent-web-1').kill('SIGKILL')
    process.kill(-app!.pid, 'SIGKILL')
    await flock.process('coordinator').kill('SIGKILL')
    await flock.startService('coordinator')
    await flock.startService('agent-web-1')
    await eventually('it serves again', async () => (await answers()).every((text) => text === 'v2'))
    const marks = await flock.api<Release[]>('GET', '/releases?app=sample')
    assert.ok(marks.every(({ revoked: mark }) => mark?.reason === 'leaks passwords'))
  })

  it('gives way to a newer one, which may be of an old revision', async () => {
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[v1] }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    assert.ok(!releases.includes(rollout.releaseId!), 'it was built anew')
    assert.deepEqual(await answers(), ['v1', 'v1'])
    const next = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[v3] }))
    assert.equal(next.phase, 'done')
    assert.doesNotMatch((await cli('doctor', '--fleet')).stdout, /revoked/)
  })
})
