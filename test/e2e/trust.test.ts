import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Host } from '../../proto/http/api.ts'
import type { CertifiedIdentity } from '../../proto/http/identity.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { sampleApp } from '../support/sample-app.ts'

/** HTTP status of a call over TLS to whatever certificate answers, showing ours or none. */
function status(url: string, own: { key?: string; cert?: string } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent: false, rejectUnauthorized: false, ...own }, (response) =>
      resolve(response.resume().statusCode ?? 0),
    )
    call.on('error', reject)
    call.end()
  })
}

describe('a fleet with certificates, on real processes', () => {
  const flock = new Flock({
    enforced: true,
    coordinator: { 'agents.graceMs': 2_000 },
    pools: { web: ['web-1', 'web-2'], api: ['api-1'] },
  })
  let commits: string[] = []

  before(async () => {
    await flock.start()
    const repository = join(flock.directory, 'repository')
    commits = makeRepository(repository, [
      sampleApp({ version: 'v1', ballast: '2000000' }),
      sampleApp({ version: 'v2', ballast: '2000000' }),
      sampleApp({ version: 'v3' }),
    ])
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
  })
  after(() => flock.stop())

  const answers = () => Promise.all(flock.hosts.map(async (host) => (await fetch(flock.appUrl(host, '/'))).text()))
  const deploy = async (revision: string) => flock.ended(await flock.deploy({ app: 'sample', revision }))
  const identityOf = (directory: string) => {
    const pem = readFileSync(join(flock.directory, directory, 'identity/identity.pem'), 'utf8')
    return { key: pem, cert: pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')) }
  }

  it('deploys as one without them does', async () => {
    const rollout = await deploy(commits[0]!)
    assert.equal(rollout.phase, 'done', rollout.reason ?? '')
    assert.deepEqual(await answers(), ['v1', 'v1', 'v1'])
    const identities = await flock.api<CertifiedIdentity[]>('GET', '/identities')
    const names = identities.map(({ kind, name }) => `${kind}:${name}`)
    assert.deepEqual(names, ['host:api-1', 'host:web-1', 'host:web-2', 'service:seeder', 'service:tracker'])
  })

  it('answers nobody without a certificate, and hosts only what is for them', async () => {
    const web1 = identityOf('hosts/web-1/data')
    const config = (name: 'tracker' | 'seeder') => readFileSync(flock.configPath(name), 'utf8')
    const portOf = (name: 'tracker' | 'seeder') =>
      /listen:\n {2}host: 127\.0\.0\.1\n {2}port: (\d+)/.exec(config(name))![1]
    const announce = /httpPort: (\d+)/.exec(config('tracker'))![1]
    const list = await flock.api<{ id: string }[]>('GET', '/releases')
    const artifact = `${flock.fleetUrl}/api/v1/releases/${list[0]!.id}/artifact`
    assert.equal(await status(artifact), 401)
    assert.equal(await status(artifact, web1), 200)
    for (const path of ['/api/v1/hosts', '/api/v1/rollouts', '/api/v1/audit'])
      assert.ok([401, 404].includes(await status(flock.fleetUrl + path, web1)), path)
    for (const url of [
      `https://127.0.0.1:${portOf('tracker')}/v1/torrents`,
      `https://127.0.0.1:${portOf('seeder')}/v1/artifacts`,
    ]) {
      assert.equal(await status(url), 401)
      assert.equal(await status(url, web1), 401)
    }
    await assert.rejects(status(`https://127.0.0.1:${announce}/announce?info_hash=x`), /alert|reset|hang up/i)
  })

  it('ends a revoked host’s session within seconds and lets it in no more; the others go on', async () => {
    await flock.api('POST', '/identities/host/web-2/revoke', { reason: 'stolen disk' })
    await eventually(
      'web-2 is out',
      async () => {
        const hosts = await flock.api<Host[]>('GET', '/hosts')
        return hosts.find(({ name }) => name === 'web-2')!.connected === false
      },
      5_000,
    )
    assert.equal(await status(`${flock.fleetUrl}/api/v1/releases/x/artifact`, identityOf('hosts/web-2/data')), 401)
    await eventually(
      'every service knows',
      () =>
        ['tracker', 'seeder', 'hosts/web-1/data', 'hosts/api-1/data'].every((directory) => {
          const bundle = JSON.parse(readFileSync(join(flock.directory, directory, 'identity/bundle.json'), 'utf8'))
          return bundle.revokedSerials.length === 1
        }),
      5_000,
    )
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[1]!, pools: ['api'] }))
    assert.equal(rollout.phase, 'done', rollout.reason ?? '')
  })

  it('takes a revoked host back with a new join token, under the pools of that token', async () => {
    await flock.process('agent-web-2').kill('SIGTERM')
    await flock.invite('agent-web-2', { pools: ['web'] })
    await flock.startService('agent-web-2')
    const rollout = await deploy(commits[2]!)
    assert.equal(rollout.phase, 'done', rollout.reason ?? '')
    assert.deepEqual(await answers(), ['v3', 'v3', 'v3'])
  })

  it('forgets a host with its certificate', async () => {
    await flock.process('agent-api-1').kill('SIGTERM')
    await flock.api('DELETE', '/hosts/api-1')
    assert.equal(await status(`${flock.fleetUrl}/api/v1/releases/x/artifact`, identityOf('hosts/api-1/data')), 401)
  })

  it('has no secret in any log or in the store', async () => {
    const secrets = [flock.adminToken.replace(/^rk_[^_]+_/, '')]
    for (const name of ['tracker', 'seeder', 'agent-web-1'] as const)
      secrets.push(/_([A-Za-z0-9_-]{43})\./.exec(readFileSync(flock.joinTokenPath(name), 'utf8'))![1]!)
    const texts = [
      ...(['coordinator', 'tracker', 'seeder', 'agent-web-1'] as const).map(
        (name) => flock.process(name).stdout + flock.process(name).stderr,
      ),
      ...readdirSync(join(flock.directory, 'coordinator'))
        .filter((name) => name.startsWith('coordinator.sqlite'))
        .map((name) => readFileSync(join(flock.directory, 'coordinator', name), 'latin1')),
      JSON.stringify(await flock.api('GET', '/audit')),
    ]
    for (const secret of secrets) for (const text of texts) assert.ok(!text.includes(secret))
  })
})
