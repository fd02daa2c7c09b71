import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { rookery } from '../../support/command-line.ts'

const hosts = `
- { name: web-1, pool: web, live: r1 }
- { name: web-2, pool: web }
- { name: web-3, pool: web }
- { name: web-4, pool: web }
- { name: api-1, pool: api }
- { name: api-2, pool: api, drained: true }
`
const rookeryYml = `
app: hello
rollout:
  order: rollingpin
  canary: { hosts: 1, bakeMs: 60000 }
  steps: ["75%"]
  promote: manual
  maxParallel: 9
  maxUnavailable: 2
`

describe('rookery rollout plan', () => {
  let directory: string
  const file = (name: string) => join(directory, name)
  const plan = (...args: string[]) => rookery(['rollout', 'plan', '--hosts', file('fleet.yml'), ...args])
  const planned = async (...args: string[]) => JSON.parse((await plan('--json', ...args)).stdout)

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-plan-'))
    await writeFile(file('fleet.yml'), hosts)
    await writeFile(file('rookery.yml'), rookeryYml)
    const many = Array.from({ length: 40 }, (_, index) => `host-${index}`)
    await writeFile(file('many.yml'), JSON.stringify({ web: many }))
  })
  after(() => rm(directory, { recursive: true }))

  it('shows steps, batches and limits of a policy, and who stays', async () => {
    const { stdout, stderr, exitCode } = await plan('--policy', file('rookery.yml'), '--release', 'r1')
    assert.equal(exitCode, 0)
    assert.equal(stderr, '')
    assert.equal(
      stdout,
      `4 hosts of 6 in 3 batches, order rollingpin
at once at most: api 1, web 2; 9 of all pools together

canary: 2 hosts, then watched for 1 min, then waits for \`rollout promote\`
  batch 1  web-2 api-1

75%: 1 host, then waits for \`rollout promote\`
  batch 2  web-3

100%: 1 host
  batch 3  web-4

unchanged  web-1
skipped    api-2: is drained
`,
    )
  })

  it('prints the plan as one JSON object', async () => {
    const result = await planned('--order', 'list')
    assert.equal(result.order, 'list')
    assert.deepEqual(
      result.steps.flatMap((step: { batches: string[][] }) => step.batches),
      [['web-1'], ['web-2'], ['web-3'], ['web-4', 'api-1']],
    )
    assert.deepEqual(result.hosts.at(-1).place, { skipped: 'is drained' })
  })

  it('takes its order from the seed, and the same seed gives the same', async () => {
    const many = ['--hosts', file('many.yml')]
    assert.deepEqual(await planned(...many, '--seed', '7'), await planned(...many, '--seed', '7'))
    assert.notDeepEqual((await planned(...many, '--seed', '8')).steps, (await planned(...many, '--seed', '7')).steps)
  })

  it('explains every host, or one', async () => {
    const all = await plan('--explain', '--policy', file('rookery.yml'))
    assert.match(all.stdout, /^HOST +POOLS +BATCH +WHY\nweb-1 +web +1 +canary of pool web\n/)
    assert.match(all.stdout, /^api-2 +api +- +is drained$/m)
    const one = await plan('--explain', 'web-3', '--json', '--order', 'list')
    assert.deepEqual(JSON.parse(one.stdout), {
      ...{ host: 'web-3', pools: ['web'], zone: null, place: { batch: 2 } },
      why: '3rd of the list: step 100%, batch 3',
    })
    const lines = (await plan('--explain', '--json')).stdout.trimEnd().split('\n')
    assert.equal(new Set(lines.map((line) => JSON.parse(line).host)).size, 6)
  })

  it('wraps batches to the terminal', async () => {
    await writeFile(file('wide.yml'), 'maxUnavailable: "99%"')
    const args = ['rollout', 'plan', '--hosts', file('many.yml'), '--policy', file('wide.yml'), '--order', 'list']
    const { stdout } = await rookery(args, { terminal: { columns: 50, rows: 30 } })
    const lines = stdout.trimEnd().split('\n')
    for (const line of lines) assert.ok(line.length <= 50, line)
    assert.ok(lines.includes('  batch 1  host-0 host-1 host-2 host-3 host-4'), stdout)
    assert.ok(lines.includes('           host-5 host-6 host-7 host-8 host-9'), stdout)
  })

  it('ends with 2 for bad input and says where it is wrong', async () => {
    await writeFile(file('bad.yml'), 'web: [a]\napi: [b, b]\n')
    for (const [args, message] of [
      [['--hosts', file('bad.yml')], /bad\.yml:2:10: api\.1: b is listed twice \(CONFIG_INVALID\)/],
      [['--hosts', file('none.yml')], /cannot read .*none\.yml: ENOENT.*\(FILE_UNREADABLE\)/],
      [['--policy', file('bad.yml')], /bad\.yml:1:1: web: unknown key/],
      [['--order', 'random'], /Allowed choices are spread, rollingpin, zone, list.*\(USAGE\)/],
      [['--seed', '-1'], /Give a whole number from 0.*\(USAGE\)/],
      [['--explain', 'web-9'], /the list has no host web-9 \(NOT_FOUND\)/],
    ] as const) {
      const { exitCode, stderr, stdout } = await plan(...args)
      assert.equal(exitCode, 2, args.join(' '))
      assert.match(stderr, message)
      assert.equal(stdout, '')
    }
    const without = await rookery(['rollout', 'plan'])
    assert.equal(without.exitCode, 2)
    assert.match(without.stderr, /--hosts <file>/)
  })

  it('plans an empty fleet', async () => {
    await writeFile(file('empty.json'), '[]')
    const { stdout, exitCode } = await plan('--hosts', file('empty.json'))
    assert.equal(exitCode, 0)
    assert.match(stdout, /^0 hosts of 0 in 0 batches/)
  })
})
