import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { LimitsConfig } from '../../../peer-agent/limits/config.ts'
import { HostLimits } from '../../../peer-agent/limits/host-limits.ts'
import type { Artifact, Deploy, ReleaseManifest } from '../../../proto/release-manifest.ts'
import { schemaIssues } from '../../../runtime/yaml-document.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'rookery-limits-')))
after(() => rmSync(root, { recursive: true, force: true }))

let deployRoot: string
let count = 0
beforeEach(() => {
  deployRoot = join(root, `host-${count++}`)
  mkdirSync(join(deployRoot, 'srv'), { recursive: true })
})

function limitsOf(given: Partial<LimitsConfig>, atRoot = deployRoot): HostLimits {
  const limits = { ...given }
  assert.deepEqual(schemaIssues(limits, LimitsConfig), [])
  return new HostLimits({
    ...{ limits: limits as LimitsConfig, deployRoot: atRoot, dataDirectory: join(root, 'data'), ownUser: 'root' },
    environment: { BALANCER: 'https://balancer.internal' },
  })
}

function manifest(deploy: Partial<Deploy>, artifact: Partial<Artifact> = {}): ReleaseManifest {
  return {
    ...{ schemaVersion: 1, releaseId: 'hello-1', app: 'hello', revision: 'abc', createdAtMs: 0 },
    artifact: {
      ...{ fileName: 'a.tar', format: 'tar', bytes: 1_000, unpackedBytes: 2_000, entries: 3 },
      ...{ sha256: '0'.repeat(64), infoHash: '0'.repeat(40), ...artifact },
    },
    deploy: {
      ...{ path: '/srv/hello', keep: 3, hooks: {} },
      readiness: { probes: [], intervalMs: 20, timeoutMs: 2_000, successes: 1, healthyDeadlineMs: 10_000 },
      ...deploy,
    },
  }
}

type Given = Partial<LimitsConfig>
const allowed = (given: Given, deploy: Partial<Deploy>, artifact?: Partial<Artifact>) =>
  limitsOf(given).check(manifest(deploy, artifact))
const refused = (message: RegExp, given: Given, deploy: Partial<Deploy>, artifact?: Partial<Artifact>) =>
  assert.rejects(allowed(given, deploy, artifact), (error: { code: string; message: string }) => {
    assert.equal(error.code, 'NOT_ALLOWED_HERE')
    assert.match(error.message, message)
    return true
  })

const deadlineMs = 1_000
const run = { command: ['node', 'server.js'], environment: {}, stopSignal: 'SIGTERM', stopDeadlineMs: 1_000 } as const
const runOf = (command: string | string[], environment = {}) => ({ run: { ...run, command, environment } })

describe('deploy paths of a host without limits', () => {
  it('are anywhere but where the system lives', async () => {
    for (const path of ['/srv/hello', '/opt/x', '/var/lib/hello', '/home/app/x', '/data', '/var/www'])
      await allowed({}, { path })
    for (const path of [
      '/',
      '//',
      '/etc',
      '/etc/cron.d',
      '/usr/bin',
      '/bin',
      '/boot',
      '/dev/shm',
      '/proc',
      '/sys',
      '/root',
    ])
      await refused(/does not allow deploy\.path .*\(limits\.deployPaths/, {}, { path })
    for (const path of ['/lib', '/lib64/x', '/run/x', '/sbin', '/var', '/var/lib', '/home', '/var/lib/rookery-agent/x'])
      await refused(/deploy\.path/, {}, { path })
    await refused(/a directory of the system/, {}, { path: '/srv/../etc/x' })
    await refused(/a directory of the system/, {}, { path: '/srv/./..//usr/./x/' })
  })

  it('are what they really are, once every link is followed', async () => {
    mkdirSync(join(deployRoot, 'etc'))
    symlinkSync(join(deployRoot, 'etc'), join(deployRoot, 'srv/shop'))
    await refused(/really is \/etc, and it is a directory of the system/, {}, { path: '/srv/shop' })
    symlinkSync('../etc', join(deployRoot, 'srv/relative'))
    await refused(/really is \/etc\/deep\/er/, {}, { path: '/srv/relative/deep/er' })
    mkdirSync(join(deployRoot, 'srv/app'))
    symlinkSync('../../etc', join(deployRoot, 'srv/app/releases'))
    await refused(/really is \/etc/, {}, { path: '/srv/app' })
    mkdirSync(join(root, 'elsewhere'), { recursive: true })
    symlinkSync(join(root, 'elsewhere'), join(deployRoot, 'srv/out'))
    await refused(/outside the deploy root/, {}, { path: '/srv/out' })
    symlinkSync('not-there', join(deployRoot, 'srv/nowhere'))
    await refused(/a link to nowhere/, {}, { path: '/srv/nowhere' })
    symlinkSync('loop', join(deployRoot, 'srv/loop'))
    await refused(/cannot be looked at/, {}, { path: '/srv/loop/x' })
    mkdirSync(join(deployRoot, 'data/shop'), { recursive: true })
    symlinkSync('../data/shop', join(deployRoot, 'srv/moved'))
    await allowed({}, { path: '/srv/moved' })
  })

  it('are never the agent’s own', async () => {
    mkdirSync(join(root, 'data/deep'), { recursive: true })
    const here = limitsOf({}, '/')
    for (const path of [join(root, 'data'), join(root, 'data/deep/er'), root])
      await assert.rejects(here.check(manifest({ path })), { message: /the agent’s own data lies there/ })
  })
})

describe('deploy paths of a host that lists them', () => {
  it('are in the listed directories and nowhere else', async () => {
    const given = { deployPaths: ['/srv', '/opt/*/app', '/usr/local/shop/'] }
    for (const path of ['/srv', '/srv/a/b', '/opt/x/app', '/opt/x/app/y', '/usr/local/shop'])
      await allowed(given, { path })
    for (const path of ['/srvx', '/opt/app', '/opt/x/y', '/usr/local', '/data', '/'])
      await refused(/it is in none of the allowed|whole file system/, given, { path })
    await refused(/whole file system/, { deployPaths: ['/'] }, { path: '/' })
  })

  it('may lie behind a link that the operator made, and no further', async () => {
    mkdirSync(join(deployRoot, 'disk/srv'), { recursive: true })
    mkdirSync(join(deployRoot, 'disk/secret'))
    rmSync(join(deployRoot, 'srv'), { recursive: true })
    symlinkSync('disk/srv', join(deployRoot, 'srv'))
    await allowed({ deployPaths: ['/srv'] }, { path: '/srv/shop' })
    symlinkSync('../secret', join(deployRoot, 'disk/srv/shop'))
    await refused(/really is \/disk\/secret/, { deployPaths: ['/srv'] }, { path: '/srv/shop' })
  })
})

describe('users', () => {
  it('are any where none are listed', async () => {
    await allowed({}, {})
    await allowed({}, { user: 'nobody' })
  })

  it('are the listed ones, the agent’s own only if it is among them', async () => {
    await allowed({ users: ['shop'] }, { user: 'shop' })
    await refused(/deploy\.user root: it is none of the allowed \(limits\.users/, { users: ['shop'] }, { user: 'root' })
    await refused(/deploy\.user root: that is the agent’s own/, { users: ['shop'] }, {})
    await allowed({ users: ['shop', 'root'] }, {})
    await refused(/deploy\.user/, { users: [] }, {})
  })
})

describe('commands', () => {
  const given = { commands: ['node', '/usr/bin/systemctl', '/opt/tools/', './', '/srv/*/bin/*'] }

  it('are those that are listed, as a name, a path, a directory, or what the release brings', async () => {
    for (const command of [
      ['node', 'x'],
      ['/usr/bin/systemctl'],
      ['/opt/tools/deep/x'],
      ['bin/run'],
      ['./run'],
      ['/srv/a/bin/b'],
    ])
      await allowed(given, runOf(command))
    for (const command of [
      ['nodejs'],
      ['/usr/bin/systemctl2'],
      ['/opt/tools/'],
      ['../../x'],
      ['bin/../../x'],
      ['/srv/a/lib/b'],
    ])
      await refused(/does not allow deploy\.run\.command .* is not allowed \(limits\.commands/, given, runOf(command))
    await refused(/deploy\.run\.command/, given, runOf(['/opt/tools/../../bin/sh']))
  })

  it('given as text need the shell', async () => {
    await refused(/text is run by \/bin\/sh, which is not allowed/, given, runOf('node server.js'))
    await allowed({ commands: ['/bin/sh', 'node'] }, runOf('node server.js'))
  })

  it('are looked at in hooks and probes as well', async () => {
    const hook = { command: ['curl', 'x'], deadlineMs }
    await refused(/deploy\.hooks\.preActivate\.command \["curl","x"\]/, given, { hooks: { preActivate: hook } })
    await refused(/deploy\.hooks\.undrain\.command/, given, { hooks: { undrain: hook } })
    const readiness = { ...manifest({}).deploy.readiness, probes: [{ tcp: 'a:1' }, { command: ['curl'] }] }
    await refused(/deploy\.readiness\.probes\.1\.command/, given, { readiness })
  })

  it('are not made others by their variables', async () => {
    for (const name of ['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'BASH_ENV'])
      await refused(new RegExp(`deploy\\.run\\.environment ${name}`), given, runOf(['node'], { [name]: './evil' }))
    await allowed(given, runOf(['node'], { PORT: '1' }))
    await allowed({}, runOf(['node'], { LD_PRELOAD: 'libjemalloc.so.2' }))
  })
})

describe('URLs of hooks', () => {
  const given = { hookUrls: ['https://balancer.internal/pools/', 'http://127.0.0.1:9000'] }
  const hooksOf = (http: string) => ({ hooks: { drain: { http, deadlineMs } } })

  it('begin as the listed ones do', async () => {
    await allowed(given, hooksOf(`\${BALANCER}/pools/\${ROOKERY_POOL}/x`))
    await allowed(given, hooksOf('http://127.0.0.1:9000/any?thing'))
    for (const http of [
      'http://balancer.internal/pools/x',
      'https://balancer.internal.evil/pools/x',
      'https://balancer.internal/other',
      'https://balancer.internal/pools/../other',
      'https://evil@balancer.internal:444/pools/x',
      'https://balancer.internal@evil/pools/x',
      'http://127.0.0.1:90000/',
      'http://127.0.0.1/',
    ])
      await refused(/deploy\.hooks\.drain\.http .*\(limits\.hookUrls/, given, hooksOf(http))
  })

  it('are looked at again when they are called', () => {
    const limits = limitsOf(given)
    limits.checkUrl('drain', new URL('https://balancer.internal/pools/web'))
    assert.throws(() => limits.checkUrl('drain', new URL('https://balancer.internal/pools/../admin?token=x')), {
      code: 'NOT_ALLOWED_HERE',
      message: /\/admin: it begins with none/,
    })
  })
})

describe('sizes', () => {
  it('are within the limits', async () => {
    const given = { maxArtifactBytes: 1_000, maxUnpackedBytes: 2_000, maxEntries: 3 }
    await allowed(given, {})
    await refused(/artifact\.bytes 1001: 1000 is the most \(limits\.maxArtifactBytes/, given, {}, { bytes: 1_001 })
    await refused(/artifact\.unpackedBytes/, given, {}, { unpackedBytes: 2_001 })
    await refused(/artifact\.entries/, given, {}, { entries: 4 })
    await refused(/artifact\.entries 500001/, {}, {}, { entries: 500_001 })
  })
})
