import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { renderCliReference } from '../../../cli/reference.ts'
import type { Host, Release } from '../../../proto/http/api.ts'
import { rookery } from '../../support/command-line.ts'
import { CoordinatorFixture, efficiency, rollout, rolloutHost, straggler } from '../../support/coordinator-fixture.ts'

const host: Host = {
  name: 'web-1',
  pools: ['web'],
  labels: { zone: 'a' },
  connected: true,
  drained: false,
  lastSeenMs: Date.now(),
  agentVersion: '0.1.0',
  releases: [
    { app: 'hello', liveReleaseId: 'hello-1', ready: true, desiredReleaseId: 'hello-1', heldReleaseIds: ['hello-1'] },
  ],
}

const release: Release = {
  id: 'hello-1',
  app: 'hello',
  revision: '4f2a9c1d2e4f2a9c1d2e4f2a9c1d2e4f2a9c1d2e',
  state: 'ready',
  createdAtMs: Date.now(),
  buildMs: 1_234,
  manifest: null,
  signedBy: null,
  failure: null,
}

describe('commands against a coordinator', () => {
  let fixture: CoordinatorFixture
  const run = (...args: string[]) =>
    rookery(['--coordinator', fixture.url, ...args], { environment: { ROOKERY_USER: 'ann' } })
  const lastRequest = () => fixture.requests.at(-1)

  before(async () => {
    fixture = new CoordinatorFixture()
    await fixture.start()
    fixture.hosts.push(host)
    fixture.releases.push(release)
  })
  after(() => fixture.stop())
  beforeEach(() => {
    fixture.rollout = rollout()
  })

  it('prints lists as aligned columns, and as one object a line', async () => {
    const table = await run('host', 'list')
    assert.equal(table.exitCode, 0)
    const [heading, row] = table.stdout.split('\n')
    assert.equal(heading?.indexOf('POOLS'), row?.indexOf('web', 5))
    assert.match(row ?? '', /^web-1 {2}web {4}connected {2}hello-1 +0\.1\.0 +.*\(\d\d:\d\d:\d\d\)$/)

    const lines = await run('host', 'list', '--json')
    assert.deepEqual(JSON.parse(lines.stdout), host)
  })

  it('starts a rollout and says how to watch it when nobody looks on', async () => {
    const started = await run('deploy', 'hello', '--rev', 'main', '--pool', 'web', '--pool', 'api', '--no-queue')
    assert.equal(started.exitCode, 0)
    assert.match(started.stdout, /rookery --coordinator \S+ rollout watch r-1/)
    assert.deepEqual(lastRequest()?.body, {
      app: 'hello',
      revision: 'main',
      pools: ['web', 'api'],
      noQueue: true,
      by: 'ann',
    })
  })

  it('steers rollouts and hosts', async () => {
    assert.equal((await run('rollout', 'abort', 'r-1', '--reason', 'errors')).exitCode, 0)
    assert.equal(lastRequest()?.line, 'POST /api/v1/rollouts/r-1/abort')
    assert.deepEqual(lastRequest()?.body, { reason: 'errors', by: 'ann' })
    assert.equal((await run('rollout', 'promote', 'r-1')).exitCode, 0)
    assert.equal(lastRequest()?.line, 'POST /api/v1/rollouts/r-1/promote')
    assert.equal((await run('rollout', 'retry', 'r-1', '--no-wait')).exitCode, 0)
    assert.equal(lastRequest()?.line, 'POST /api/v1/rollouts/r-1/retry')
    assert.equal((await run('rollout', 'rollback', 'r-1')).exitCode, 0)
    assert.match((await run('host', 'drain', 'web-1')).stdout, /left out of rollouts/)
    assert.match((await run('host', 'undrain', 'web-1')).stdout, /takes part in rollouts/)
    assert.equal((await run('host', 'forget', 'web-1')).exitCode, 0)
    assert.equal(lastRequest()?.line, 'DELETE /api/v1/hosts/web-1')
  })

  it('adds an app from git or from a directory, not both', async () => {
    assert.equal((await run('app', 'add', 'hello', '--git', '/srv/hello.git', '--subdirectory', 'app')).exitCode, 0)
    assert.deepEqual(lastRequest()?.body, { source: { git: '/srv/hello.git', subdirectory: 'app' } })
    assert.equal((await run('app', 'add', 'hello', '--directory', '/srv/hello')).exitCode, 0)
    const both = await run('app', 'add', 'hello', '--directory', '/a', '--git', '/b')
    assert.equal(both.exitCode, 2)
    assert.match(both.stderr, /give either --git or --directory \(USAGE\)/)
  })

  it('shows a rollout with why each host failed', async () => {
    const failure = { code: 'NOT_READY', message: 'HTTP 503 from /readyz', phase: 'readiness' }
    fixture.rollout = rollout({
      phase: 'halted',
      reason: 'too many failures',
      endedAtMs: Date.UTC(2026, 0, 1) + 12_300,
      hosts: [
        rolloutHost('web-1', 'web', { state: 'failed', failure }),
        rolloutHost('web-2', 'web', { state: 'ready' }),
      ],
    })
    const shown = await run('rollout', 'show', 'r-1')
    assert.match(shown.stdout, /was halted after 12\.3 s: too many failures/)
    assert.match(shown.stdout, /web-1 failed in readiness: HTTP 503 from \/readyz \(NOT_READY\)/)
    assert.match(shown.stdout, /logs --rollout r-1 --host web-1/)
  })

  it('shows how good a distribution was, and the slowest hosts with their causes', async () => {
    const stragglers = Array.from({ length: 7 }, (_, index) => straggler(`web-${index + 1}`))
    fixture.rollout = rollout({ phase: 'activating', efficiency: efficiency({ stragglers }) })
    const running = await run('rollout', 'show', 'r-1')
    const line =
      '  distribution: 32 hosts in 14.4 s, 1.05 × the least possible (13.7 s at 20.0 Mbit/s a host, configured)\n'
    assert.ok(running.stdout.includes(line), running.stdout)
    assert.ok(running.stdout.includes('  slow: web-5 waited for its disk\n  and 2 more slow hosts\n'), running.stdout)
    fixture.rollout = { ...fixture.rollout, phase: 'done', endedAtMs: Date.UTC(2026, 0, 1) + 20_000 }
    assert.ok((await run('rollout', 'show', 'r-1')).stdout.includes(line))
  })

  it('revokes a release for a reason, and marks what is revoked', async () => {
    const refused = await run('release', 'revoke', 'hello-1')
    assert.equal(refused.exitCode, 2)
    assert.match(refused.stderr, /--reason/)
    const revoked = await run('release', 'revoke', 'hello-1', '--reason', 'leaks tokens')
    assert.equal(revoked.stdout, 'release hello-1 of hello is revoked: leaks tokens\n')
    assert.deepEqual(lastRequest()?.body, { reason: 'leaks tokens', by: 'ann' })
    const mark = { releaseId: 'hello-2', reason: 'leaks tokens', by: 'ann', atMs: Date.now() }
    fixture.releases[0] = { ...release, revoked: mark }
    assert.match((await run('release', 'list')).stdout, /^hello-1 +hello +4f2a\S+ +revoked /m)
    assert.match(
      (await run('release', 'show', 'hello-1')).stdout,
      /revoked +not newer than hello-2, .* by ann .*: leaks tokens/,
    )
    const [live] = host.releases
    fixture.hosts[0] = { ...host, releases: [{ ...live!, liveRevoked: 'release hello-1 is revoked: leaks tokens' }] }
    assert.match((await run('host', 'show', 'web-1')).stdout, /hello-1 +hello-1 \(revoked\)/)
    fixture.releases[0] = release
    fixture.hosts[0] = host
  })

  it('ends with 1 when a release is corrupt', async () => {
    const verified = await run('release', 'verify', 'hello-1')
    assert.equal(verified.exitCode, 1)
    assert.match(verified.stdout, /✗ sha256: differs from the manifest/)
  })

  it('joins log chunks into lines and says where some were lost', async () => {
    fixture.logs.length = 0
    fixture.log('one\ntw', { host: 'web-1', stream: 'app.stdout' })
    fixture.log('other\n', { host: 'web-2', stream: 'app.stdout' })
    fixture.log('o\nthree', { host: 'web-1', stream: 'app.stdout' })
    fixture.log('', { host: 'web-1', stream: 'app.stdout', gapBytes: 2048 })
    const { stdout } = await run('logs')
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^.*\d\d:\d\d:\d\d /, ''))
    assert.deepEqual(lines, [
      'web-1 app.stdout | one',
      'web-2 app.stdout | other',
      'web-1 app.stdout | two',
      'web-1 app.stdout | three',
      'web-1 app.stdout | … 2.0 KiB of this log were lost here …',
    ])
  })

  it('counts mean and deviation from the sums', async () => {
    const { stdout } = await run('counters', '--windows')
    assert.match(stdout, /fetch_bytes +hello +2 +6 +3 +1 +2 +4\n/)
  })

  it('draws counters over time, with the rollouts of the time', async () => {
    const { stdout } = await run('counters', 'web.*', '--by', 'host', '--shift', '7d')
    assert.match(stdout, /web\.requests +hello +2 hosts +rate +▁ ▅█ +4 +2\.5 +1 +4\n/)
    assert.match(stdout, /rollout of hello to hello-1 began/)
    const asked = fixture.requests.at(-1)!.line
    for (const part of ['name=web.*', 'groupBy=host', 'shiftMs=604800000', 'maxPoints=40'])
      assert.ok(asked.includes(part), asked)
    const { stdout: json } = await run('counters', '--json')
    assert.deepEqual(JSON.parse(json).values, [1, null, 2.5, 4])
  })

  it('replays the stored events and ends', async () => {
    fixture.emit('rollout.phase', { phase: 'distributing', reason: null })
    const { stdout, exitCode } = await run('events')
    assert.equal(exitCode, 0)
    assert.match(stdout, /rollout\.phase +hello r-1 phase=distributing\n/)
  })
})

describe('the reference of the command line', () => {
  it('has every command with its example, whatever the environment', () => {
    const reference = renderCliReference()
    const sections = reference.split(/^##+ /m).slice(1)
    const names = sections.map((section) => section.split('\n')[0])
    for (const name of ['rookery', 'rookery deploy', 'rookery rollout watch', 'rookery host undrain', 'rookery up']) {
      assert.ok(names.includes(name), name)
    }
    for (const section of sections) assert.match(section, /Example:\n {2}\$ rookery /)
    process.env.ROOKERY_COORDINATOR = 'http://elsewhere'
    try {
      assert.equal(renderCliReference(), reference)
    } finally {
      delete process.env.ROOKERY_COORDINATOR
    }
  })
})

describe('errors and exit codes', () => {
  it('says what is wrong with the command line, and ends with 2', async () => {
    for (const [args, message] of [
      [['frobnicate'], /unknown command 'frobnicate'; see rookery --help \(USAGE\)/],
      [['rollout', 'frobnicate'], /see rookery rollout --help \(USAGE\)/],
      [['rollout', 'list', '--limit', 'x'], /Give a whole number from 1; see rookery rollout list --help \(USAGE\)/],
      [['deploy'], /missing required argument 'app'; see rookery deploy --help/],
      [['deploy', 'hello', '--rev', 'a', '--release', 'b'], /--rev and --release exclude each other/],
      [['--coordinator', 'nowhere', 'host', 'list'], /nowhere is no http\(s\) URL/],
    ] as const) {
      const { exitCode, stderr, stdout } = await rookery(args)
      assert.equal(exitCode, 2, args.join(' '))
      assert.match(stderr, message)
      assert.equal(stdout, '')
    }
  })

  it('ends with 4 when nobody answers, and says so as JSON when asked', async () => {
    const fixture = new CoordinatorFixture()
    await fixture.start()
    const { url } = fixture
    await fixture.stop()
    const { exitCode, stderr } = await rookery(['host', 'list', '--json'], {
      environment: { ROOKERY_COORDINATOR: url },
    })
    assert.equal(exitCode, 4)
    const { error } = JSON.parse(stderr)
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, /ECONNREFUSED/)
  })

  it('takes the token from a file or the environment, and ends with 3 when it is refused', async () => {
    const fixture = new CoordinatorFixture()
    const directory = await mkdtemp(join(tmpdir(), 'rookery-token-'))
    try {
      await fixture.start({ token: 'right-token-of-16' })
      await writeFile(join(directory, 'token'), 'right-token-of-16\n')
      const at = ['--coordinator', fixture.url]
      const refused = await rookery([...at, 'host', 'list'], { environment: { ROOKERY_TOKEN: 'wrong' } })
      assert.equal(refused.exitCode, 3)
      assert.match(refused.stderr, /\(UNAUTHORIZED\)/)
      assert.equal((await rookery([...at, '--token-file', join(directory, 'token'), 'host', 'list'])).exitCode, 0)
      assert.equal(fixture.requests.at(-1)?.authorization, 'Bearer right-token-of-16')
    } finally {
      await fixture.stop()
      await rm(directory, { recursive: true })
    }
  })

  it('passes the code of a problem document on', async () => {
    const fixture = new CoordinatorFixture()
    await fixture.start()
    const { exitCode, stderr } = await rookery(['--coordinator', fixture.url, 'rollout', 'show', 'r-none'])
    await fixture.stop()
    assert.equal(exitCode, 2)
    assert.match(stderr, /^rookery: there is no r-none \(NOT_FOUND\)$/m)
  })

  it('prints help with an example for every command', async () => {
    const top = await rookery(['--help'])
    assert.equal(top.exitCode, 0)
    assert.match(top.stdout, /coordinator --config FILE/)
    for (const words of [['deploy'], ['rollout'], ['rollout', 'list'], ['up'], ['logs'], ['host', 'forget']]) {
      const { stdout, exitCode } = await rookery([...words, '--help'])
      assert.equal(exitCode, 0)
      assert.match(stdout, /Example:\n {2}\$ rookery /)
    }
  })
})
