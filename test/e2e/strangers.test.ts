import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect, type SecureContextOptions } from 'node:tls'
import { parse } from 'yaml'
import { Authority } from '../../coordinator/identity/authority.ts'
import type { ReleaseManifest } from '../../proto/release-manifest.ts'
import { sessionPath } from '../../proto/session.ts'
import { systemClock } from '../../runtime/clock.ts'
import { systemRandom } from '../../runtime/random.ts'
import type { Identity } from '../../trust/identity.ts'
import { eventually } from '../support/eventually.ts'
import { certified, host } from '../support/fleet-fixture.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { btHandshake } from '../support/hostile-peer.ts'
import { sampleApp } from '../support/sample-app.ts'

type Certificate = Pick<SecureContextOptions, 'key' | 'cert'>

const coordinator: Identity = { kind: 'service', name: 'coordinator' }
const flock = new Flock({ enforced: true, pools: { web: ['web-1', 'web-2', 'web-3'] } })
const elsewhere = mkdtempSync(join(tmpdir(), 'rookery-other-authority-'))
const dependencies = { clock: systemClock, random: systemRandom }
/** Certificates that nobody should take, by what is wrong with them. */
const strangers: Record<string, Certificate> = { none: {} }
let infoHash = ''
let releaseId = ''

before(async () => {
  await flock.start()
  const repository = join(flock.directory, 'repository')
  const [revision] = makeRepository(repository, [sampleApp({ version: 'v1', ballast: '100000' })])
  await flock.api('PUT', '/apps/sample', { source: { git: repository } })
  const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: revision! }))
  assert.equal(rollout.phase, 'done', rollout.reason ?? '')
  releaseId = rollout.releaseId!
  const { manifest } = await flock.api<{ manifest: ReleaseManifest }>('GET', `/releases/${releaseId}`)
  infoHash = manifest.artifact.infoHash
  const ours = await Authority.load(join(flock.directory, 'coordinator'), undefined, dependencies)
  const theirs = await Authority.load(elsewhere, undefined, dependencies)
  const of = async (authority: Authority, identity: Identity, lifetimeMs?: number) => {
    const { current } = await certified(authority, identity, systemClock, lifetimeMs)
    return { key: current.key, cert: current.certificate }
  }
  strangers['of another authority, for the coordinator'] = await of(theirs, coordinator)
  strangers['of another authority, for a host'] = await of(theirs, host('web-1'))
  strangers['expired, for the coordinator'] = await of(ours, coordinator, -60_000)
  strangers['expired, for a host'] = await of(ours, host('web-1'), -60_000)
  const kept = readFileSync(join(flock.hostData('web-3'), 'identity/identity.pem'), 'utf8')
  strangers.revoked = { key: kept, cert: kept.slice(kept.indexOf('-----BEGIN CERTIFICATE')) }
  await flock.api('POST', '/identities/host/web-3/revoke', { reason: 'stolen' })
  await eventually('everybody knows', () =>
    ['tracker', 'seeder', 'hosts/web-1/data', 'hosts/web-2/data'].every(
      (path) =>
        JSON.parse(readFileSync(join(flock.directory, path, 'identity/bundle.json'), 'utf8')).revokedSerials.length > 0,
    ),
  )
})
after(async () => {
  await flock.stop()
  rmSync(elsewhere, { recursive: true })
})

function identityOf(directory: string): Certificate {
  const pem = readFileSync(join(flock.directory, directory, 'identity/identity.pem'), 'utf8')
  return { key: pem, cert: pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')) }
}

/** The status of the answer, or `closed` where there is none. */
function ask(method: string, url: string, own: Certificate, headers = {}): Promise<number | 'closed'> {
  return new Promise((resolve) => {
    const call = request(url, { method, headers, agent: false, rejectUnauthorized: false, ...own })
    call.on('response', (response) => resolve(response.resume().statusCode ?? 0))
    call.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', () => resolve('closed'))
    call.end()
  })
}

/** What a peer answers to a BitTorrent handshake. */
async function greet(port: number, own: Certificate): Promise<'greeted' | 'closed'> {
  const socket = connect({ host: '127.0.0.1', port, servername: infoHash, rejectUnauthorized: false, ...own })
  let isGreeted = false
  socket
    .on('error', () => {})
    .on('data', () => {
      isGreeted = true
      socket.destroy()
    })
  socket.write(btHandshake(infoHash))
  await new Promise((resolve) => socket.once('close', resolve))
  return isGreeted ? 'greeted' : 'closed'
}

const settings = (name: 'tracker' | 'seeder' | 'agent-web-1') => parse(readFileSync(flock.configPath(name), 'utf8'))
const upgrade = {
  ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
}

/** Every door that asks for a certificate, and who is let in beside the coordinator. */
function doors(): Record<string, { knock: (own: Certificate) => Promise<unknown>; web1: unknown }> {
  const [tracker, seeder, agent] = [settings('tracker'), settings('seeder'), settings('agent-web-1')]
  const control = (service: { listen: { port: number } }, path: string) =>
    `https://127.0.0.1:${service.listen.port}${path}`
  const query = `info_hash=${infoHash.replace(/../g, '%$&')}&peer_id=-RA0100-000000000001&port=1&left=1&compact=1`
  const announce = `https://127.0.0.1:${tracker.announce.httpPort}/announce?${query}`
  const artifact = `${flock.fleetUrl}/api/v1/releases/${releaseId}/artifact`
  const door = (method: string, url: string, web1: unknown, headers = {}) => ({
    knock: (own: Certificate) => ask(method, url, own, headers),
    web1,
  })
  return {
    'an artifact of the coordinator': door('GET', artifact, 200),
    'the renewal of certificates': door('POST', `${flock.fleetUrl}/api/v1/renew`, 400),
    'the control session': door('GET', flock.fleetUrl + sessionPath, 101, upgrade),
    'the tracker’s list': door('GET', control(tracker, '/v1/torrents'), 401),
    'the tracker’s admissions': door('PUT', control(tracker, `/v1/torrents/${'ab'.repeat(20)}`), 401),
    'the tracker’s trust': door('PUT', control(tracker, '/v1/trust'), 401),
    'the seeder’s list': door('GET', control(seeder, '/v1/artifacts'), 401),
    'the seeder’s orders': door('DELETE', control(seeder, `/v1/artifacts/${infoHash}`), 401),
    'the seeder’s limits': door('PUT', control(seeder, '/v1/limits'), 401),
    'the seeder’s trust': door('PUT', control(seeder, '/v1/trust'), 401),
    announces: door('GET', announce, 200),
    'the seeder’s swarm': { knock: (own) => greet(seeder.swarm.port, own), web1: 'greeted' },
    'an agent’s swarm': { knock: (own) => greet(agent.swarm.port, own), web1: 'greeted' },
  }
}

describe('doors of a fleet', () => {
  it('are shut to certificates of others, expired ones, revoked ones, and none', async () => {
    for (const [where, { knock }] of Object.entries(doors()))
      for (const [who, own] of Object.entries(strangers)) {
        const answer = await knock(own)
        assert.ok(answer === 401 || answer === 'closed', `${where}, certificate ${who}: ${answer}`)
      }
  })

  it('are open to a host where hosts belong, and nowhere else', async () => {
    const web1 = identityOf('hosts/web-1/data')
    for (const [where, { knock, web1: wanted }] of Object.entries(doors()))
      assert.equal(await knock(web1), wanted, where)
  })

  it('take no host for a service because of its name, and no service for the coordinator', async () => {
    const ours = await Authority.load(join(flock.directory, 'coordinator'), undefined, dependencies)
    const { current } = await certified(ours, host('coordinator'), systemClock)
    const [named, tracker] = [{ key: current.key, cert: current.certificate }, identityOf('tracker')]
    for (const [where, { knock, web1 }] of Object.entries(doors())) {
      if (web1 !== 401) continue
      for (const own of [named, tracker, identityOf('seeder')]) assert.equal(await knock(own), 401, where)
    }
  })

  it('of an agent’s health tell nothing but health', async () => {
    const { port } = settings('agent-web-1').listen
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    assert.deepEqual(await Promise.all(['/healthz', '/readyz', '/metrics'].map(status)), [200, 200, 200])
    for (const path of ['/', '/v1/trust', '/api/v1/hosts', sessionPath]) assert.equal(await status(path), 401, path)
  })
})

describe('secrets of a fleet', () => {
  const secrets = () => [
    flock.adminToken.replace(/^rk_[^_]+_/, ''),
    ...(['tracker', 'seeder', 'agent-web-1', 'agent-web-2'] as const).map(
      (name) => /_([A-Za-z0-9_-]{43})\./.exec(readFileSync(flock.joinTokenPath(name), 'utf8'))![1]!,
    ),
    'PRIVATE KEY',
  ]

  it('stand in no command line and no environment of services, hooks and apps', () => {
    const services = ['coordinator', 'tracker', 'seeder', 'agent-web-1', 'agent-web-2'] as const
    const pids = [
      ...services.map((name) => flock.process(name).child.pid!),
      ...flock.appProcesses().map(({ pid }) => pid),
    ]
    assert.ok(pids.length > services.length)
    for (const pid of pids)
      for (const file of ['cmdline', 'environ'])
        for (const secret of secrets())
          assert.ok(!readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(secret), `${pid} ${file}`)
  })

  it('lie in files of their owner alone, in directories of their owner alone', () => {
    const directories = ['coordinator', 'tracker', 'seeder', 'hosts/web-1/data']
    for (const directory of directories)
      assert.equal(statSync(join(flock.directory, directory)).mode & 0o077, 0, directory)
    const files = globSync(
      directories.map((directory) => `${directory}/**`),
      { cwd: flock.directory },
    )
    const holding = files.filter((path) => {
      const whole = join(flock.directory, path)
      return statSync(whole).isFile() && secrets().some((secret) => readFileSync(whole, 'latin1').includes(secret))
    })
    assert.deepEqual(holding.sort(), [
      ...['coordinator/admin-token', 'coordinator/authority.pem', 'coordinator/signing-key.pem'],
      ...['hosts/web-1/data/identity/identity.pem', 'seeder/identity/identity.pem', 'tracker/identity/identity.pem'],
    ])
    for (const path of holding) assert.equal(statSync(join(flock.directory, path)).mode & 0o077, 0, path)
  })
})
