import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { runningApps } from '../../cli/flock/app-processes.ts'
import { type FlockPlan, planFlock } from '../../cli/flock/plan.ts'
import { checkPorts } from '../../cli/flock/port-check.ts'
import { ProcessRecord } from '../../cli/flock/process-record.ts'
import { isRunning } from '../../runtime/process-identity.ts'
import { eventually } from '../support/eventually.ts'
import { RookeryProcess, rookery } from '../support/process.ts'

const agents = 4
const pools = ['web', 'api']

let directory: string
let plan: FlockPlan
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rookery-up-'))
  plan = await planOnFreePorts()
})
after(() => rmSync(directory, { recursive: true, maxRetries: 5 }))

it('starts a flock after one that was killed, deploys twice without an outage, and leaves nothing running', async () => {
  const killed = up('--no-example')
  await eventually('the first flock is up', () => killed.stdout.includes('"event":"up"'))
  await killed.kill('SIGKILL')
  const left = new ProcessRecord(directory).read()
  assert.equal(left.length, 3 + agents)
  // The coordinator asks for a token; commands of the same user find it.
  const list = ['host', 'list', '--coordinator', plan.coordinatorUrl]
  assert.equal((await rookery(list, { env: { XDG_CONFIG_HOME: join(directory, 'nobody') } })).code, 3)
  assert.equal((await rookery(list, { env: { XDG_CONFIG_HOME: join(directory, 'user') } })).code, 0)
  assert.ok(left.every(([, identity]) => isRunning(identity)))

  const { code, stdout, stderr } = await up('--once').ended()
  assert.equal(code, 0, stderr)
  assert.match(
    stderr,
    /ending what an earlier flock left running: coordinator, (tracker, seeder|seeder, tracker), agent-/,
  )
  assert.doesNotMatch(stderr + stdout, /does not stop/)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    events.filter((event) => event.event === 'verified').map(({ hosts, version }) => [hosts, version]),
    [
      [agents, '1.0.0'],
      [agents, '2.0.0'],
    ],
  )
  const { pools: reports } = events.find((event) => event.event === 'polled')
  assert.equal(reports.length, pools.length)
  for (const report of reports) {
    assert.ok(report.requests > 0)
    assert.ok(report.leastReadyHosts >= 1, `${report.pool} was without a ready host`)
  }

  assert.deepEqual(
    left.filter(([, identity]) => isRunning(identity)),
    [],
  )
  assert.deepEqual(new ProcessRecord(directory).read(), [])
  assert.deepEqual(runningApps(directory), [])
  assert.equal(readFileSync(join(directory, 'user/rookery/credentials.json'), 'utf8'), '{}\n')
})

it('stops everything in order when it is told to, also while it starts', async () => {
  const starting = up('--no-example')
  await eventually('the first service was started', () => new ProcessRecord(directory).read().length > 0)
  const started = new ProcessRecord(directory).read()
  starting.child.kill('SIGTERM')
  assert.equal((await starting.ended()).code, 130)
  assert.deepEqual(
    started.filter(([, identity]) => isRunning(identity)),
    [],
  )
  assert.deepEqual(new ProcessRecord(directory).read(), [])
})

function up(...options: string[]): RookeryProcess {
  const port = new URL(plan.coordinatorUrl).port
  const fixed = ['--agents', String(agents), '--pools', pools.join(','), '--data', directory, '--port', port, '--json']
  return new RookeryProcess(['up', ...fixed, ...options], { env: { XDG_CONFIG_HOME: join(directory, 'user') } })
}

/** A flock's ports follow each other, so a base is tried until all are free; below those the system hands out. */
async function planOnFreePorts(): Promise<FlockPlan> {
  return eventually('a range of free ports', async () => {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const candidate = planFlock({ agents, pools, directory, port })
    await checkPorts(candidate.ports)
    return candidate
  })
}
