import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { CommandLine } from '../../support/command-line.ts'
import { CoordinatorFixture, rollout, rolloutHost } from '../../support/coordinator-fixture.ts'

const terminal = { columns: 100, rows: 30 }

describe('watching a rollout', () => {
  let fixture: CoordinatorFixture
  beforeEach(async () => {
    fixture = new CoordinatorFixture()
    await fixture.start()
  })
  afterEach(() => fixture.stop())

  const deploy = (args: string[] = [], settings = {}) =>
    new CommandLine(['--coordinator', fixture.url, 'deploy', 'hello', '--wait', ...args], settings)

  it('prints one line a change when not on a terminal, and the summary', async () => {
    fixture.rollout = rollout({ phase: 'building', releaseId: null, hosts: [], batches: [] })
    const command = deploy()
    await command.printed('building revision 4f2a9c1d2e')
    fixture.log('compiling\nlinking\n')
    await command.printed('| linking')
    fixture.enter('distributing', null, { releaseId: 'hello-1', hosts: rollout().hosts, batches: rollout().batches })
    await command.printed('distributing hello-1')
    for (const name of ['web-1', 'api-1', 'web-2']) {
      fixture.changeHost(name, { state: 'fetched', bytesDone: 1024 ** 2, fetchMs: 300, bytes: bytes(750_000, 250_000) })
    }
    fixture.enter('activating')
    fixture.changeHost('web-1', { state: 'activating', phase: 'restart' })
    await command.printed('batch 1 of 2: web-1, api-1')
    for (const name of ['web-1', 'api-1', 'web-2']) fixture.changeHost(name, { state: 'ready', activateMs: 900 })
    fixture.enter('done', null, { endedAtMs: Date.UTC(2026, 0, 1) + 5_000 })

    const { exitCode, stdout } = await command.ended
    assert.equal(exitCode, 0)
    const lines = stdout.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))
    for (const expected of [
      'web-1 (web): fetched 1.0 MiB in 300 ms',
      'web-1 (web): restarting',
      'api-1 (api): ready in 900 ms',
      '✓ hello 4f2a9c1d2e is live on 3 hosts in 2 pools after 5.0 s',
      '  bytes: 2.1 MiB (75 %) from other hosts · 732 KiB (25 %) from the seeder',
    ]) {
      assert.equal(lines.filter((line) => line === expected).length, 1, `${expected}\n${stdout}`)
    }
    assert.equal(stdout.includes('\x1b'), false)
  })

  it('ends with 1 when the rollout halts, and shows the host, the reason and its last lines', async () => {
    fixture.rollout = rollout({ phase: 'activating' })
    fixture.log('listening\nboom: no database\n', { host: 'web-1', stream: 'app.stderr' })
    const command = deploy()
    await fixture.watched()
    const failure = { code: 'NOT_READY', message: 'connection refused', phase: 'readiness' }
    fixture.changeHost('web-1', { state: 'failed', failure })
    fixture.enter('halted', '1 host failed, 0 may')
    const { exitCode, stdout } = await command.ended
    assert.equal(exitCode, 1)
    assert.match(stdout, /✗ rollout r-1 of hello 4f2a9c1d2e was halted: 1 host failed, 0 may/)
    assert.match(stdout, /web-1 failed in readiness: connection refused \(NOT_READY\)/)
    assert.match(stdout, /app\.stderr: boom: no database/)
  })

  it('shows the last lines of a build that failed before anybody could follow it', async () => {
    fixture.rollout = rollout({
      phase: 'halted',
      reason: 'build step stamp failed',
      releaseId: null,
      hosts: [],
      batches: [],
    })
    fixture.log('compiling\nsyntax error')
    const { exitCode, stdout } = await deploy().ended
    assert.equal(exitCode, 1)
    assert.match(stdout, /\| syntax error\n/)
    assert.match(stdout, /see the build: .*logs --rollout r-1 --stream build/)
  })

  it('prints every event as a line of JSON, and last the rollout', async () => {
    fixture.rollout = rollout({ phase: 'activating' })
    const command = deploy(['--json'])
    await fixture.asked('GET /api/v1/rollouts/r-1')
    fixture.changeHost('web-1', { state: 'ready' })
    fixture.enter('done')
    const { stdout } = await command.ended
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      objects.map((object) => object.type ?? object.id),
      ['rollout.host', 'rollout.phase', 'r-1'],
    )
    assert.equal(objects.at(-1).phase, 'done')
  })

  it('goes on when the coordinator was away, and misses nothing', async () => {
    fixture.rollout = rollout({ phase: 'activating' })
    const command = deploy()
    await fixture.watched()
    fixture.changeHost('web-1', { state: 'ready' })
    await command.printed('web-1 (web): ready')
    await fixture.stop()
    await command.printed('the rollout goes on, trying again')
    fixture.changeHost('api-1', { state: 'ready' })
    await fixture.start()
    await command.printed('the coordinator is back')
    fixture.enter('done')
    const { exitCode, stdout } = await command.ended
    assert.equal(exitCode, 0)
    assert.equal(stdout.match(/web-1 \(web\): ready/g)?.length, 1)
    assert.equal(stdout.match(/api-1 \(api\): ready/g)?.length, 1)
  })

  it('stops watching at Ctrl-C and says that the rollout goes on', async () => {
    fixture.rollout = rollout({ phase: 'activating' })
    const command = deploy([], { terminal })
    await command.printed('activating')
    command.interrupt()
    const { exitCode, stderr } = await command.ended
    assert.equal(exitCode, 130)
    assert.match(stderr, /Rollout r-1 goes on/)
    assert.match(stderr, /rollout abort r-1/)
    assert.equal(
      fixture.requests.some((request) => request.line.includes('abort')),
      false,
    )
  })

  it('draws a bar a pool, then the batches in place, on a terminal', async () => {
    fixture.rollout = rollout()
    const command = deploy([], { terminal })
    await command.printed('distributing')
    const pool = {
      hosts: 2,
      hostsFetched: 1,
      bytesDone: 1024 ** 2,
      bytesTotal: 2 * 1024 ** 2,
      bytesPerSecond: 512 * 1024,
    }
    fixture.emit('rollout.progress', { pools: [{ pool: 'web', ...pool }] })
    await command.printed('512 KiB/s · 2.0 s to go')
    for (const host of fixture.rollout.hosts) fixture.changeHost(host.host, { state: 'fetched', bytesDone: 1024 ** 2 })
    fixture.enter('activating')
    await command.printed('batch 1/2')
    fixture.changeHost('web-1', { state: 'activating', phase: 'readiness' })
    await command.printed('restarting (readiness)')
    fixture.changeHost('web-1', {
      state: 'failed',
      failure: { code: 'APP_EXITED', message: 'exit code 3', phase: 'restart' },
    })
    await command.printed('web-1 failed in restart')
    fixture.enter('halted', 'web-1 failed')
    const { stdout } = await command.ended
    assert.equal(stdout.includes('\x1b[?25h'), true, 'the cursor is shown again')
    const screen = finalScreen(stdout, terminal.columns)
    assert.match(screen, /web +█{24} {2}2\/2 hosts · 2\.0 MiB of 2\.0 MiB · done/)
    assert.match(
      screen,
      /batch 1\/2 {2}running {2}web-1 failed ✗ {2}api-1 pending\n +✗ web-1 failed in restart: exit code 3/,
    )
    assert.equal(screen.match(/batch 2\/2/g)?.length, 1)
  })

  it('cannot be steered by what a build prints', async () => {
    fixture.rollout = rollout({ phase: 'building', releaseId: null })
    const command = deploy([], { terminal })
    await command.printed('building')
    fixture.log('\x1b[2J\x1b]0;owned\x07red\n')
    fixture.enter('aborted', 'enough')
    const { stdout } = await command.ended
    assert.match(stripVTControlCharacters(stdout), /\| red/)
    assert.equal(stdout.includes('\x1b[2J') || stdout.includes('\x07'), false)
  })

  it('says what the coordinator waits for', async () => {
    fixture.rollout = rollout({ hosts: [], batches: [] })
    const command = deploy()
    await command.printed('distributing hello-1\n')
    fixture.log('waiting: the seeder does not answer\n', { stream: 'coordinator' })
    await command.printed('waiting: the seeder does not answer')
    fixture.enter('aborted', 'enough')
    assert.equal((await command.ended).exitCode, 1)
  })

  it('leaves no stream open behind it', async () => {
    fixture.rollout = rollout({ phase: 'done' })
    await new CommandLine(['--coordinator', fixture.url, 'rollout', 'watch', 'r-1']).ended
    await fixture.unwatched()
  })

  it('shows an ended rollout at once', async () => {
    fixture.rollout = rollout({ phase: 'done', hosts: [rolloutHost('web-1', 'web', { state: 'unchanged' })] })
    const { exitCode, stdout } = await new CommandLine(['--coordinator', fixture.url, 'rollout', 'watch', 'r-1']).ended
    assert.equal(exitCode, 0)
    assert.match(stdout, /is live on 1 host/)
  })
})

function bytes(fromPeers: number, fromSeeder: number) {
  return { fromPeers, fromSeeder, fromWebSeed: 0, reused: 0, wasted: 0, uploaded: 0 }
}

/** What a terminal shows after the output: cursor up, to column, erase line and erase below are all the views use. */
function finalScreen(output: string, columns: number): string {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
  for (const [token, sequence] of output.matchAll(/\x1b\[([0-9;?]*[A-Za-z])|\n|[^\x1b\n]+/g)) {
    if (token === '\n') {
      row++
      column = 0
      lines[row] ??= ''
    } else if (sequence === undefined) {
      const before = (lines[row] ?? '').padEnd(column).slice(0, column)
      lines[row] = before + token + (lines[row] ?? '').slice(column + token.length)
      column += token.length
      assert.ok((lines[row]?.length ?? 0) <= columns, `wider than the terminal: ${lines[row]}`)
    } else if (sequence.endsWith('A')) row -= Number(sequence.slice(0, -1) || 1)
    else if (sequence.endsWith('G')) column = Number(sequence.slice(0, -1) || 1) - 1
    else if (sequence === 'K' || sequence === '0K') lines[row] = (lines[row] ?? '').slice(0, column)
    else if (sequence === '2K') lines[row] = ''
    else if (sequence === 'J' || sequence === '0J') {
      lines[row] = (lines[row] ?? '').slice(0, column)
      lines.length = row + 1
    }
  }
  return lines.join('\n')
}
