import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { stringify } from 'yaml'
import { PhaseState, phaseName } from '../../../proto/session.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { SwarmSession, seederPeerIdPrefix } from '../../../swarm/index.ts'
import { activate, desire } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'
import { RookeryProcess } from '../../support/process.ts'
import { fixturePublicKey, fixtureRelease } from '../../support/release-fixture.ts'
import { SessionFixture } from '../../support/session-fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-agent-process-'))
const token = 'a-token-that-nobody-may-see'
const seeder = new SwarmSession(
  { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: seederPeerIdPrefix },
  { clock: systemClock, random: systemRandom, logger: silentLogger() },
)
let coordinator: SessionFixture
let config: string
let swarmPort: number
let listenPort: number
const started: RookeryProcess[] = []

before(() => seeder.start())
after(async () => {
  await seeder.stop()
  rmSync(root, { recursive: true })
})

beforeEach(async () => {
  coordinator = new SessionFixture()
  await coordinator.start()
  ;[listenPort, swarmPort] = (await freePorts(2)) as [number, number]
  const directory = mkdtempSync(join(root, 'host-'))
  config = join(directory, 'agent.yml')
  writeFileSync(join(directory, 'trusted.pem'), fixturePublicKey)
  mkdirSync(join(directory, 'data'))
  writeFileSync(
    config,
    stringify({
      host: 'web-1',
      pools: ['web'],
      coordinator: { url: coordinator.url },
      environment: { API_TOKEN: token },
      trustedKeysFile: join(directory, 'trusted.pem'),
      dataDirectory: join(directory, 'data'),
      deployRoot: join(directory, 'root'),
      listen: { port: listenPort },
      swarm: { port: swarmPort },
    }),
  )
})

afterEach(async () => {
  for (const agent of started.splice(0)) await agent.kill()
  await coordinator.stop()
})

function startAgent(): RookeryProcess {
  const agent = new RookeryProcess(['agent', '--config', config])
  started.push(agent)
  return agent
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the agent as a process', () => {
  it('killed in an activation leaves the app running, and the next one ends the activation without a second restart', async () => {
    const marker = join(root, 'go')
    const post = {
      command: `echo $$ > ${marker}.pid; echo using $API_TOKEN; test -e ${marker} || sleep 600`,
      deadlineMs: 600_000,
    }
    const run = {
      command: 'echo app $$; echo using $API_TOKEN >&2; exec sleep 600',
      environment: {},
      stopSignal: 'SIGTERM',
      stopDeadlineMs: 1_000,
    } as const
    const release = await fixtureRelease(root, {
      releaseId: 'killed-1',
      files: { a: 'a' },
      deploy: { run, hooks: { postActivate: post } },
    })
    const { metainfo, directory, manifest } = release
    const transfer = seeder.add({ metainfo, directory, fileName: manifest.artifact.fileName, isReadOnly: true })
    await transfer.completed

    const first = startAgent()
    await coordinator.received('hello')
    desire(coordinator, release, 'fetch')
    await coordinator.received('phaseReport')
    transfer.addPeers([`127.0.0.1:${swarmPort}`])
    const fetched = await coordinator.finalOf('fetch')
    assert.equal(fetched.state, PhaseState.PHASE_STATE_SUCCEEDED, fetched.errorMessage)
    activate(coordinator, release, 'activate')
    await coordinator.received('phaseReport', ({ phase }) => phaseName(phase) === 'postActivate')
    const appPid = await coordinator.until(
      'the app',
      () => Number(/app (\d+)/.exec(coordinator.text('app.stdout'))?.[1]) || undefined,
    )
    await coordinator.until(
      'its own log',
      () => coordinator.text('agent').includes('post activate started') || undefined,
    )
    await first.kill('SIGKILL')
    assert.ok(alive(appPid))

    const hookPid = Number(readFileSync(`${marker}.pid`, 'utf8'))
    writeFileSync(marker, '')
    const second = startAgent()
    const done = await coordinator.finalOf('activate')
    assert.equal(done.state, PhaseState.PHASE_STATE_SUCCEEDED, done.errorMessage)
    assert.ok(alive(appPid))
    assert.equal(coordinator.text('app.stdout'), `app ${appPid}\n`)
    assert.equal(alive(hookPid) && readFileSync(`/proc/${hookPid}/stat`, 'utf8').includes(') S '), false)

    const refused = await startAgent().ended()
    assert.equal(refused.code, 3, refused.stderr)
    assert.match(refused.stderr, /DATA_DIR_LOCKED/)

    const metrics = await (await fetch(`http://127.0.0.1:${listenPort}/metrics`)).text()
    assert.match(metrics, /rookery_agent_connected 1\n/)
    assert.match(metrics, /rookery_agent_app_ready\{app="hello",release="killed-1"\} 1/)
    assert.equal((await fetch(`http://127.0.0.1:${listenPort}/readyz`)).status, 200)

    second.child.kill('SIGTERM')
    const end = await second.ended()
    assert.equal(end.code, 0, end.stderr)
    assert.equal(coordinator.all('goodbye').length, 1)
    assert.ok(alive(appPid))
    process.kill(appPid, 'SIGKILL')
    const streams = ['agent', 'app.stderr', 'hook.postActivate'].map((stream) => coordinator.text(stream))
    for (const text of [end.stdout, first.stdout, ...streams]) assert.ok(!text.includes(token))
    assert.equal(streams[1], 'using [redacted]\n')
    assert.match(streams[2]!, /^using \[redacted\]$/m)
  })

  it('says what is wrong with its configuration', async () => {
    writeFileSync(config, 'host: web-1\npools: []\ncoordinator:\n  url: ftp://x\nspol: {}\n')
    const { code, stderr } = await startAgent().ended()
    assert.equal(code, 2)
    for (const issue of [
      /agent\.yml:2:8: pools/,
      /agent\.yml:4:8: coordinator\.url/,
      /agent\.yml:5:1: spol: unknown key/,
      /dataDirectory/,
    ])
      assert.match(stderr, issue)
  })

  it('waits for a coordinator that does not let it in, and is not ready meanwhile', async () => {
    const agent = startAgent()
    await coordinator.received('hello')
    await agent.kill()
    const other = new SessionFixture({ token: 'another' })
    await other.start()
    writeFileSync(config, readFileSync(config, 'utf8').replace(coordinator.url, other.url))
    const again = startAgent()
    const response = await eventually('it listens', () => fetch(`http://127.0.0.1:${listenPort}/readyz`))
    assert.equal(response.status, 503)
    await eventually('it tells why', () => again.stdout.includes('no session with'))
    await other.stop()
  })
})
