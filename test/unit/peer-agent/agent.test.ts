import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Deploy } from '../../../proto/release-manifest.ts'
import { type PhaseReport, PhaseState, phaseName } from '../../../proto/session.ts'
import { groupIsAlive } from '../../../runtime/process-identity.ts'
import { AgentFixture, activate, cancel, desire, SeedFixture } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'
import { type FixtureRelease, fixtureRelease } from '../../support/release-fixture.ts'
import { SessionFixture } from '../../support/session-fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-agent-'))
const seeder = new SeedFixture()
let coordinator: SessionFixture
let agent: AgentFixture
let port: number
let count = 0

before(() => seeder.start())
after(async () => {
  await seeder.stop()
  rmSync(root, { recursive: true })
})

beforeEach(async () => {
  ;[port] = (await freePorts(1)) as [number]
  coordinator = new SessionFixture()
  await coordinator.start()
  agent = new AgentFixture({
    directory: join(root, `case-${count++}`),
    coordinator,
    environment: { PORT: String(port) },
    agentEnvironment: { ROOKERY_AGENT_COORDINATOR_TOKEN: 'secret-of-the-agent' },
  })
  await agent.start()
})

afterEach(async () => {
  killApp()
  await agent.stop()
  await coordinator.stop()
})

const serverSource = (version: string) => `
  const { createServer } = require('node:http')
  console.log('starting ${version} ' + process.pid + ' for ' + process.env.ROOKERY_POOLS)
  createServer((request, response) => response.end('${version}')).listen(Number(process.env.PORT), '127.0.0.1')
`
const webDeploy: Partial<Deploy> = {
  run: { command: [process.execPath, 'server.cjs'], environment: {}, stopSignal: 'SIGTERM', stopDeadlineMs: 5_000 },
  readiness: {
    probes: [{ http: `http://127.0.0.1:\${PORT}/` }],
    intervalMs: 20,
    timeoutMs: 2_000,
    successes: 2,
    healthyDeadlineMs: 10_000,
  },
}
const web = (releaseId: string, deploy: Partial<Deploy> = {}) =>
  fixtureRelease(root, {
    releaseId,
    files: { 'server.cjs': serverSource(releaseId), 'run.sh': '#!/bin/sh\n' },
    deploy: { ...webDeploy, ...deploy },
  })
const plain = (releaseId: string, deploy: Partial<Deploy> = {}) =>
  fixtureRelease(root, { releaseId, files: { 'file.txt': releaseId.repeat(5_000) }, deploy })

async function fetched(
  release: FixtureRelease,
  attemptId = `${release.manifest.releaseId}/fetch`,
): Promise<PhaseReport> {
  const seed = await seeder.seed(release)
  desire(coordinator, release, attemptId)
  await coordinator.received('phaseReport', (report) => report.attemptId === attemptId)
  seed.dial(agent)
  return succeeded(attemptId)
}

async function activated(release: FixtureRelease, attemptId = `${release.manifest.releaseId}/activate`) {
  activate(coordinator, release, attemptId)
  return succeeded(attemptId)
}

async function succeeded(attemptId: string): Promise<PhaseReport> {
  const report = await coordinator.finalOf(attemptId)
  assert.equal(report.state, PhaseState.PHASE_STATE_SUCCEEDED, `${report.errorCode} ${report.errorMessage}`)
  return report
}

async function failed(attemptId: string, code: string): Promise<PhaseReport> {
  const report = await coordinator.finalOf(attemptId)
  assert.equal(report.errorCode, code, report.errorMessage)
  return report
}

/** `phase:state` in order, each once. */
const story = (attemptId: string) =>
  coordinator
    .reportsOf(attemptId)
    .map(({ phase, state }) => `${phaseName(phase)}:${PhaseState[state]!.slice(12).toLowerCase()}`)

const served = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
const live = () => readlinkSync(agent.path('current')).split('/').at(-1)
const observed = () =>
  coordinator
    .all('heartbeat')
    .at(-1)!
    .observed.find(({ app }) => app === 'hello')!

function appPid(): number | undefined {
  try {
    return JSON.parse(readFileSync(agent.data('apps/hello/process.json'), 'utf8')).process?.pid
  } catch {
    return undefined
  }
}

function killApp(): void {
  const pid = appPid()
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

describe('fetch', () => {
  it('fetches, verifies and unpacks a release, and tells where the bytes came from', async () => {
    const release = await plain('fetch-1')
    const report = await fetched(release)
    assert.deepEqual(story('fetch-1/fetch'), ['fetch:started', 'fetch:succeeded', 'unpack:started', 'unpack:succeeded'])
    assert.equal(report.fetchTotals?.bytesFromSeeder, release.manifest.artifact.bytes)
    const { startedAtMs, firstByteAtMs, finishedAtMs, bytesTotal } = report.fetchTiming!
    assert.ok(startedAtMs <= firstByteAtMs && firstByteAtMs <= finishedAtMs && finishedAtMs <= report.atMs)
    assert.equal(bytesTotal, release.manifest.artifact.bytes)
    assert.equal(readFileSync(agent.path('releases/fetch-1/file.txt'), 'utf8'), 'fetch-1'.repeat(5_000))
    assert.equal(statSync(agent.path('releases/fetch-1/file.txt')).mtimeMs, release.manifest.createdAtMs)
    assert.equal(existsSync(agent.path('current')), false)
    assert.deepEqual(observed().heldReleaseIds, ['fetch-1'])
    assert.equal(coordinator.all('fetchProgress').at(-1)?.bytesDone, release.manifest.artifact.bytes)
  })

  it('answers a repeated attempt with the earlier result, and another for a held release at once', async () => {
    const release = await plain('fetch-2')
    await fetched(release)
    desire(coordinator, release, 'fetch-2/fetch')
    await coordinator.until('the answer again', () => coordinator.reportsOf('fetch-2/fetch').length === 5 || undefined)
    desire(coordinator, release, 'other/fetch')
    const report = await succeeded('other/fetch')
    assert.equal(report.fetchTotals?.bytesReused, release.manifest.artifact.bytes)
    assert.equal(report.fetchTiming, null)
  })

  it('refuses what no trusted key signed, another manifest under a known id, and a torrent of something else', async () => {
    const release = await plain('fetch-3')
    const other = await plain('fetch-3b')
    desire(coordinator, { ...release, signature: other.signature }, 'unsigned')
    await failed('unsigned', 'SIGNATURE_INVALID')
    desire(coordinator, { ...release, torrent: other.torrent }, 'torrent')
    await failed('torrent', 'TORRENT_INVALID')
    const twin = await plain('fetch-3', { keep: 7 })
    desire(coordinator, twin, 'twin')
    await failed('twin', 'CONFLICT')
    desire(coordinator, { ...release, manifestBytes: Buffer.from('{}') }, 'broken')
    await failed('broken', 'SIGNATURE_INVALID')
  })

  it('leaves nothing of a release whose archive is hostile', async () => {
    const archive = Buffer.alloc(2048)
    const release = await fixtureRelease(root, { releaseId: 'fetch-4', files: { a: 'x' }, archive })
    const seed = await seeder.seed(release)
    desire(coordinator, release, 'hostile')
    await coordinator.received('phaseReport', (report) => report.attemptId === 'hostile')
    seed.dial(agent)
    const report = await failed('hostile', 'ARCHIVE_CORRUPT')
    assert.equal(phaseName(report.phase), 'unpack')
    assert.deepEqual(readdirSync(agent.path('releases')), [])
  })

  it('goes on by itself when the agent was stopped in it', async () => {
    const release = await plain('fetch-5')
    desire(coordinator, release, 'fetch-5/fetch')
    await coordinator.received('phaseReport', (report) => report.attemptId === 'fetch-5/fetch')
    await agent.stop()
    assert.equal(coordinator.all('goodbye').length, 1)
    const seed = await seeder.seed(release)
    await agent.start()
    seed.dial(agent)
    await succeeded('fetch-5/fetch')
  })

  it('is cancelled at once, and a cancelled attempt that still comes is not begun', async () => {
    const release = await plain('fetch-6')
    desire(coordinator, release, 'fetch-6/fetch')
    await coordinator.received('phaseReport', (report) => report.attemptId === 'fetch-6/fetch')
    cancel(coordinator, release, 'fetch-6/fetch')
    await failed('fetch-6/fetch', 'ATTEMPT_CANCELLED')
    cancel(coordinator, release, 'later/activate')
    await failed('later/activate', 'ATTEMPT_CANCELLED')
    activate(coordinator, release, 'later/activate')
    await coordinator.until('the same answer', () => coordinator.reportsOf('later/activate').length === 2 || undefined)
  })
})

describe('activation', () => {
  it('swaps, restarts and proves ready; then moves to the next release', async () => {
    const first = await web('act-1')
    const second = await web('act-2')
    for (const release of [first, second]) {
      await fetched(release)
      await activated(release)
      assert.equal(await served(), release.manifest.releaseId)
      assert.equal(live(), release.manifest.releaseId)
      assert.equal(observed().liveReleaseId, release.manifest.releaseId)
      assert.equal(observed().ready, true)
    }
    assert.deepEqual(story('act-2/activate'), [
      'activate:started',
      'activate:succeeded',
      'restart:started',
      'restart:succeeded',
      'readiness:started',
      'readiness:succeeded',
    ])
    // And back, without fetching again.
    await activated(first, 'back')
    assert.equal(await served(), 'act-1')
    await coordinator.until(
      'the output',
      () => coordinator.text('app.stdout').split('starting').length === 4 || undefined,
    )
    assert.match(coordinator.text('app.stdout'), /starting act-1 \d+ for web,api\nstarting act-2 .*\nstarting act-1 /)
    assert.ok(coordinator.chunks('app.stdout').every(({ rolloutId, app }) => rolloutId === 'ro-1' && app === 'hello'))
  })

  it('reports success at once when the release is live and ready, and does not restart it', async () => {
    const release = await web('act-3')
    await fetched(release)
    await activated(release)
    const pid = appPid()
    await activated(release, 'again')
    assert.deepEqual(story('again'), ['readiness:started', 'readiness:succeeded'])
    assert.equal(appPid(), pid)
  })

  it('runs the hooks in order, with what they are told and without the agent’s secrets', async () => {
    const hook = (name: string) => ({
      command: `echo ${name} in $PWD; env | grep -i -e ROOKERY_ -e secret`,
      deadlineMs: 5_000,
    })
    const release = await plain('act-4', {
      hooks: {
        prepare: hook('prepare'),
        preActivate: hook('preActivate'),
        activate: hook('activate'),
        restart: hook('restart'),
        postActivate: hook('postActivate'),
      },
    })
    await fetched(release)
    await activated(release)
    const started = story('act-4/activate').filter((entry) => entry.endsWith(':started'))
    assert.deepEqual(
      started.map((entry) => entry.split(':')[0]),
      ['prepare', 'preActivate', 'activate', 'restart', 'postActivate'],
    )
    await coordinator.until('the last output', () => coordinator.text('hook.postActivate') || undefined)
    const output = coordinator.text('hook.prepare')
    assert.match(output, new RegExp(`^prepare in ${agent.path('releases/act-4')}\n`))
    for (const line of [
      'ROOKERY_APP=hello',
      'ROOKERY_RELEASE_ID=act-4',
      'ROOKERY_RELEASE=act-4',
      'ROOKERY_REVISION=revision-of-act-4',
      'ROOKERY_ROLLOUT_ID=ro-1',
      'ROOKERY_ROLLOUT=ro-1',
      'ROOKERY_BATCH=2',
      'ROOKERY_HOST=web-1',
      'ROOKERY_POOL=web',
      'ROOKERY_POOLS=web,api',
      'ROOKERY_STATSD_HOST=127.0.0.1',
      'ROOKERY_PREVIOUS_RELEASE_ID=',
      'ROOKERY_PREVIOUS_RELEASE=',
      `ROOKERY_PATH=${agent.path()}`,
      'ROOKERY_HOOK=prepare',
    ])
      assert.ok(output.includes(`\n${line}\n`), line)
    assert.ok(!output.includes('secret-of-the-agent'))
    assert.equal(coordinator.chunks('hook.prepare').at(-1)?.final, true)
  })

  it('that fails before the swap does not touch the old release or its process', async () => {
    const first = await web('act-5')
    const second = await web('act-6', { hooks: { preActivate: { command: 'echo no way; exit 3', deadlineMs: 5_000 } } })
    await fetched(first)
    await activated(first)
    const pid = appPid()
    await fetched(second)
    activate(coordinator, second, 'refused')
    const report = await failed('refused', 'HOOK_FAILED')
    assert.match(report.errorMessage, /preActivate exited with code 3: no way/)
    assert.equal(live(), 'act-5')
    assert.equal(appPid(), pid)
    assert.equal(await served(), 'act-5')
    assert.deepEqual([observed().liveReleaseId, observed().ready], ['act-5', true])
  })

  it('that fails after the swap leaves the new release live and not ready', async () => {
    const first = await web('act-7')
    await fetched(first)
    await activated(first)
    const dead = { ...webDeploy.readiness!, probes: [{ command: 'echo still no; exit 1' }], healthyDeadlineMs: 300 }
    const second = await web('act-8', { readiness: dead })
    await fetched(second)
    activate(coordinator, second, 'unready')
    const report = await failed('unready', 'NOT_READY')
    assert.match(report.errorMessage, /not ready after 300 ms: .*exited with code 1: still no/)
    assert.equal(live(), 'act-8')
    assert.deepEqual([observed().liveReleaseId, observed().ready], ['act-8', false])
    await activated(first, 'rollback')
    assert.equal(await served(), 'act-7')
  })

  it('fails as soon as the app ends, and when it cannot be started', async () => {
    const run = { ...webDeploy.run!, command: 'echo dying >&2; exit 7' }
    const dying = await web('act-9', { run })
    await fetched(dying)
    activate(coordinator, dying, 'dying')
    await failed('dying', 'APP_EXITED')
    await coordinator.until('its last words', () => coordinator.text('app.stderr').includes('dying') || undefined)
    const missing = await web('act-10', { run: { ...run, command: ['/no/such/program'] } })
    await fetched(missing)
    activate(coordinator, missing, 'missing')
    const report = await failed('missing', 'APP_EXITED')
    assert.match(report.errorMessage, /ENOENT/)
    assert.equal(phaseName(report.phase), 'restart')
  })

  it('is cancelled in a hook that hangs, with all the hook started', async () => {
    const release = await plain('act-11', {
      hooks: { prepare: { command: 'echo $$; sleep 600 & sleep 600', deadlineMs: 600_000 } },
    })
    await fetched(release)
    activate(coordinator, release, 'hangs')
    const pid = await coordinator.until('the hook', () => Number(coordinator.text('hook.prepare')) || undefined)
    cancel(coordinator, release, 'hangs')
    await failed('hangs', 'ATTEMPT_CANCELLED')
    assert.equal(groupIsAlive(pid), false)
    assert.equal(existsSync(agent.path('current')), false)
  })

  it('of a release that is not held fails by name', async () => {
    const release = await plain('act-12')
    activate(coordinator, release, 'nothing')
    await failed('nothing', 'NOT_FOUND')
  })

  it('keeps the newest releases, the live one and the one before, and no artifact of the others', async () => {
    const releases: FixtureRelease[] = []
    for (let index = 0; index < 5; index++) {
      const release = await plain(`keep-${index}`, { keep: 2 })
      releases.push(release)
      await fetched(release)
      if (index === 1) await activated(release)
    }
    const held = (...ids: string[]) =>
      coordinator.until(`held: ${ids}`, () => [...observed().heldReleaseIds].sort().join() === ids.join() || undefined)
    // Only fetched since: the live one stays, whatever its age.
    await held('keep-1', 'keep-3', 'keep-4')
    await activated(releases[4]!)
    await activated(releases[3]!, 'keep-3/activate')
    await held('keep-3', 'keep-4')
    const trees = readdirSync(agent.path('releases')).filter((name) => !name.startsWith('.'))
    assert.deepEqual(trees.sort(), ['keep-3', 'keep-4'])
    assert.deepEqual(
      readdirSync(agent.data('artifacts')).sort(),
      [releases[3]!, releases[4]!].map((release) => release.metainfo.infoHash).sort(),
    )
  })
})

describe('the next agent', () => {
  it('adopts the running app, ships what it said meanwhile once, and remembers its attempts', async () => {
    const release = await web('next-1')
    await fetched(release)
    await activated(release)
    const pid = appPid()
    await agent.stop()
    assert.equal(await served(), 'next-1')
    await agent.start()
    const hello = await coordinator.until('the second hello', () => coordinator.all('hello')[1])
    assert.deepEqual(
      hello.observed.map((release) => ({ ...release })),
      [{ app: 'hello', liveReleaseId: 'next-1', ready: true, heldReleaseIds: ['next-1'] }],
    )
    assert.deepEqual(
      hello.attempts.map(({ attemptId, final }) => [attemptId, final]),
      [
        ['next-1/fetch', true],
        ['next-1/activate', true],
      ],
    )
    assert.equal(appPid(), pid)
    await activated(release, 'again')
    assert.equal(appPid(), pid)
    assert.equal(coordinator.text('app.stdout').split('starting').length, 2)
  })

  it('goes on with an activation in the phase it was cut off in', async () => {
    const marker = join(root, 'marker')
    const release = await web('next-2', {
      hooks: {
        prepare: { command: `echo prepared >> ${marker}`, deadlineMs: 5_000 },
        postActivate: { command: `echo post >> ${marker}; test -e ${marker}.go || sleep 600`, deadlineMs: 600_000 },
      },
    })
    await fetched(release)
    activate(coordinator, release, 'cut')
    await coordinator.received('phaseReport', ({ phase }) => phaseName(phase) === 'postActivate')
    const pid = appPid()
    await agent.stop()
    writeFileSync(`${marker}.go`, '')
    await agent.start()
    await succeeded('cut')
    assert.equal(appPid(), pid)
    assert.deepEqual(
      readFileSync(marker, 'utf8')
        .split('\n')
        .filter((line) => line === 'prepared'),
      ['prepared'],
    )
  })

  it('starts the app again when it ended meanwhile, and tells that it is ready once it is', async () => {
    const release = await web('next-3')
    await fetched(release)
    await activated(release)
    await agent.stop()
    const pid = appPid()!
    killApp()
    await eventually('the app has ended', () => !groupIsAlive(pid))
    await agent.start()
    const hello = await coordinator.until('the second hello', () => coordinator.all('hello')[1])
    assert.equal(hello.observed[0]?.ready, false)
    await coordinator.received('readiness', ({ ready, releaseId }) => ready && releaseId === 'next-3')
    assert.equal(await served(), 'next-3')
  })

  it('restarts an app that crashes, and tells both', async () => {
    const release = await web('next-4')
    await fetched(release)
    await activated(release)
    killApp()
    await coordinator.until('ready again', () => {
      const ready = coordinator.all('readiness')
      const lost = ready.findIndex((message) => !message.ready && /^the app ended by SIGKILL/.test(message.detail))
      return (lost >= 0 && ready.slice(lost).some((message) => message.ready)) || undefined
    })
    assert.equal(await served(), 'next-4')
  })
})

describe('session', () => {
  it('comes back after the connection broke, and what was logged meanwhile arrives once and in order', async () => {
    const release = await web('sess-1', {
      run: {
        ...webDeploy.run!,
        command: `i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo line $i; sleep 0.005; done; exec ${process.execPath} server.cjs`,
      },
    })
    await fetched(release)
    activate(coordinator, release, 'lines')
    await coordinator.until('some lines', () => coordinator.text('app.stdout').includes('line 20\n') || undefined)
    coordinator.acknowledges = false
    const batches = coordinator.all('spoolBatch').length
    await coordinator.until('lines on their way', () => coordinator.all('spoolBatch').length > batches || undefined)
    coordinator.cut()
    coordinator.acknowledges = true
    await succeeded('lines')
    await coordinator.until('all lines', () => coordinator.text('app.stdout').includes('starting') || undefined)
    const lines = coordinator
      .text('app.stdout')
      .split('\n')
      .filter((line) => line.startsWith('line'))
    assert.deepEqual(
      lines,
      Array.from({ length: 200 }, (_, index) => `line ${index + 1}`),
    )
    assert.deepEqual(
      coordinator.chunks('app.stdout').map((chunk) => chunk.sequence),
      coordinator.chunks('app.stdout').map((_, index) => index),
    )
    assert.equal(coordinator.sessions, 2)
  })
})
