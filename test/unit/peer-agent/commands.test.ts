import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type RunSpec, Supervisor } from '../../../peer-agent/app/supervisor.ts'
import { type HookRun, runHook } from '../../../peer-agent/hooks/hook-runner.ts'
import { LogShipper } from '../../../peer-agent/logs/log-shipper.ts'
import { hostEnvironment } from '../../../peer-agent/process/environment.ts'
import type { SpoolBody } from '../../../peer-agent/spool/spool.ts'
import type { CommandLine } from '../../../proto/release-manifest.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { groupIsAlive, identify, isRunning } from '../../../runtime/process-identity.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { Redactor } from '../../../runtime/redactor.ts'
import { eventually } from '../../support/eventually.ts'
import { logQuota } from '../../support/log-quota.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-commands-'))
after(() => rmSync(root, { recursive: true }))
const environment = { PATH: process.env.PATH! }

describe('hooks', () => {
  let output = ''
  let redactor = Redactor.none
  const spool = {
    append: (body: SpoolBody) => {
      if ('logChunk' in body) output += Buffer.from(body.logChunk.data).toString()
    },
  }
  const run = (command: CommandLine, changes: Partial<HookRun> = {}, deadlineMs = 10_000) => {
    output = ''
    const hook: HookRun = {
      ...{ name: 'prepare' as const, hook: { command, deadlineMs }, directory: root, environment, attemptId: 'a' },
      ...{ repeated: false, context: { rolloutId: 'r', app: 'a', releaseId: 'a-1' }, onExit: () => {} },
      checkUrl: () => {},
      signal: new AbortController().signal,
      ...changes,
    }
    return runHook(hook, {
      clock: systemClock,
      logs: new LogShipper({ spool, clock: systemClock, redactor, quota: logQuota(systemClock) }),
    })
  }

  it('run in their directory, as text by the shell and as a list as it is', async () => {
    await run('echo "$ROOKERY_HOOK in $(pwd)"; echo oops >&2')
    assert.equal(output, `prepare in ${root}\noops\n`)
    await run(['echo', '$HOME', 'a  b'])
    assert.equal(output, '$HOME a  b\n')
  })

  it('that hang are killed with all they started', async () => {
    const started = run('echo $$; sleep 600 & sleep 600', {}, 200)
    await assert.rejects(started, { code: 'HOOK_TIMEOUT', message: /did not end in 200 ms/ })
    await eventually('the group has ended', () => !groupIsAlive(Number(output)))
  })

  it('that are killed at their deadline have all they said in the log', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index + 1}\n`).join('')
    await assert.rejects(run('seq -f "line %.0f" 50000; printf last; sleep 600', {}, 2_000), {
      message: /was killed: last$/,
    })
    assert.equal(output, `${lines}last`)
  })

  it('that fail tell how, and the last they said', async () => {
    await assert.rejects(run('echo first; echo last; exit 9'), { code: 'HOOK_FAILED', message: /code 9: last$/ })
    await assert.rejects(run('kill -9 $$'), { code: 'HOOK_FAILED', message: /SIGKILL/ })
    await assert.rejects(run(['/no/such']), { code: 'HOOK_FAILED', message: /could not be started/ })
    await assert.rejects(run('true', { directory: join(root, 'gone') }), { code: 'HOOK_FAILED' })
  })

  it('that fail tell no secret, also not the end of one', async () => {
    redactor = Redactor.of([], { DEPLOY_TOKEN: 'x'.repeat(400) })
    const secret = 'x'.repeat(400)
    await assert.rejects(run(`printf 'no access with '; printf '${secret}'; exit 1`), {
      message: 'hook prepare exited with code 1: no access with [redacted]',
    })
    assert.equal(output, 'no access with [redacted]')
    redactor = Redactor.none
  })

  it('are not held up by a process they leave in the background', async () => {
    const startedMs = performance.now()
    await run('sleep 600 & echo $!')
    assert.ok(performance.now() - startedMs < 5_000)
    process.kill(Number(output), 'SIGKILL')
  })

  it('end what an agent that was killed had started for the same hook', async () => {
    const env = { ...environment, ROOKERY_HOOK: 'prepare', ROOKERY_ATTEMPT: 'killed' }
    const orphan = spawn('sleep', ['600'], { detached: true, env, stdio: 'ignore' })
    await eventually('the orphan runs', () => identify(orphan.pid!) !== undefined)
    const ended = new Promise((resolve) => orphan.once('exit', (_code, signal) => resolve(signal)))
    await run('true', { attemptId: 'killed', repeated: true })
    assert.equal(await ended, 'SIGKILL')
  })
})

describe('environment', () => {
  it('passes on what programs need and nothing else, the host’s own variables over it', () => {
    const agent = { PATH: '/bin', HOME: '/root', AWS_SECRET: 'x', ROOKERY_TOKEN: 'y', PORT: '1' }
    assert.deepEqual(hostEnvironment(agent, { PORT: '8101', HOME: '/srv' }), {
      PATH: '/bin',
      HOME: '/srv',
      PORT: '8101',
    })
  })
})

describe('supervisor', () => {
  const dependencies = { clock: systemClock, random: systemRandom, logger: silentLogger() }
  let count = 0
  const setUp = () => {
    const directory = join(root, `app-${count++}`)
    mkdirSync(directory)
    const seen = { exits: [] as string[], restarts: 0 }
    const make = () =>
      new Supervisor(
        { directory, onExit: (how) => seen.exits.push(how), onCrashRestart: () => seen.restarts++ },
        dependencies,
      )
    return { directory, seen, make }
  }
  const spec = (command: string, changes: Partial<RunSpec['run']> = {}): RunSpec => ({
    ...{ releaseId: 'a-1', rolloutId: 'r', directory: root, environment },
    run: { command, environment: {}, stopSignal: 'SIGTERM', stopDeadlineMs: 5_000, ...changes },
  })
  const pidOf = (directory: string) =>
    JSON.parse(readFileSync(join(directory, 'process.json'), 'utf8')).process.pid as number

  it('starts, and lets the next supervisor adopt the same process and stop it', async () => {
    const { directory, make, seen } = setUp()
    const first = make()
    await first.restart(spec('exec sleep 600'), 'attempt-1')
    assert.ok(first.runsFor('attempt-1'))
    const identity = identify(first.processId!)!
    await first.detach()
    const second = make()
    assert.equal(await second.adopt(spec('exec sleep 600')), true)
    assert.equal(second.processId, identity.pid)
    assert.ok(second.runsFor('attempt-1'))
    await second.stop()
    assert.equal(isRunning(identity), false)
    assert.deepEqual(seen.exits, [])
    assert.equal(await make().adopt(undefined), false)
    assert.throws(() => pidOf(directory), { code: 'ENOENT' })
  })

  it('finds a process whose start was not noted before the agent was killed', async () => {
    const { directory, make } = setUp()
    const instance = 'instance-of-the-test'
    const app = spawn('sleep', ['600'], {
      detached: true,
      stdio: 'ignore',
      env: { ...environment, ROOKERY_INSTANCE: instance },
    })
    const record = {
      instance,
      releaseId: 'a-1',
      rolloutId: 'r',
      attemptId: 'x',
      stopSignal: 'SIGTERM',
      stopDeadlineMs: 1_000,
    }
    writeFileSync(join(directory, 'process.json'), JSON.stringify({ ...record, process: null }))
    const supervisor = make()
    await eventually('it is adopted', () => supervisor.adopt(spec('true')))
    assert.equal(supervisor.processId, app.pid)
    await supervisor.stop()
  })

  it('takes no other process for its own that has got the same pid', async () => {
    const { directory, make } = setUp()
    const record = {
      instance: 'i',
      releaseId: 'a-1',
      rolloutId: 'r',
      attemptId: 'x',
      stopSignal: 'SIGTERM',
      stopDeadlineMs: 1,
    }
    const stranger = { pid: process.pid, startedAt: 'another boot:1' }
    writeFileSync(join(directory, 'process.json'), JSON.stringify({ ...record, process: stranger }))
    assert.equal(await make().adopt(spec('true')), false)
  })

  it('kills what does not end on its signal, with its children', async () => {
    const { make } = setUp()
    const supervisor = make()
    await supervisor.restart(spec("trap '' TERM; sleep 600 & wait; sleep 600", { stopDeadlineMs: 200 }), 'a')
    const pid = supervisor.processId!
    await supervisor.stop()
    assert.equal(groupIsAlive(pid), false)
  })

  it('waits for the children of a shell that drain after it has ended', async () => {
    const { directory, make } = setUp()
    const supervisor = make()
    const marker = join(directory, 'drained')
    const ready = join(directory, 'ready')
    await supervisor.restart(
      spec(`(trap 'sleep 0.3; echo yes > ${marker}; exit' TERM; touch ${ready}; while :; do sleep 0.05; done) & wait`),
      'a',
    )
    await eventually('the child listens', () => readFileSync(ready, 'utf8') === '')
    await supervisor.stop()
    assert.equal(readFileSync(marker, 'utf8'), 'yes\n')
  })

  it('starts again what ends by itself, and counts it', async () => {
    const { seen, make } = setUp()
    const supervisor = make()
    await supervisor.restart(spec('exit 3'), 'a')
    await eventually('a restart', () => seen.restarts === 1)
    assert.equal(seen.exits[0], 'with code 3')
    await supervisor.detach()
  })

  it('says what cannot be started', async () => {
    const { make } = setUp()
    const supervisor = make()
    await assert.rejects(supervisor.restart({ ...spec('true'), directory: join(root, 'gone') }, 'a'), {
      code: 'APP_EXITED',
    })
    await supervisor.detach()
  })
})
