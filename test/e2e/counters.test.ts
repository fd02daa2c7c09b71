import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { stringify } from 'yaml'
import type { CounterAnswer } from '../../proto/http/counters.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { rookery } from '../support/process.ts'

/** Counts until it is told to stop, and then says how often it did. */
const server = `
  import { createSocket } from 'node:dgram'
  import { createServer } from 'node:http'
  import { existsSync, writeFileSync } from 'node:fs'
  const { PORT, ROOKERY_STATSD_HOST, ROOKERY_STATSD_PORT } = process.env
  const socket = createSocket('udp4').unref()
  let total = 0
  const counting = setInterval(() => {
    if (existsSync('../../shared/stop')) {
      clearInterval(counting)
      writeFileSync('../../shared/total', String(total))
      return
    }
    total++
    socket.send('beats:1|c|#kind:test\\nlevel:7|g', Number(ROOKERY_STATSD_PORT), ROOKERY_STATSD_HOST)
  }, 10)
  createServer((_, response) => response.end('# TYPE hits counter\\nhits_total{code="200"} ' + total + '\\n'))
    .listen(Number(PORT), '127.0.0.1')
  process.on('SIGTERM', () => process.exit(0))
`

const flock = new Flock({ pools: { web: ['web-1'] } })
after(() => flock.stop())
before(async () => {
  const config = {
    app: 'beat',
    deploy: {
      path: '/srv/beat',
      run: { command: ['node', 'server.js'], stopDeadlineMs: 2_000 },
      readiness: { probes: [{ tcp: `127.0.0.1:\${PORT}` }], intervalMs: 50, successes: 1 },
      scrape: { url: `http://127.0.0.1:\${PORT}/metrics`, periodMs: 1_000 },
    },
  }
  await flock.start()
  const repository = join(flock.directory, 'repository')
  makeRepository(repository, [
    { 'rookery.yml': stringify(config), 'server.js': server, 'package.json': '{"type":"module"}' },
  ])
  await flock.api('PUT', '/apps/beat', { source: { git: repository } })
  assert.equal((await flock.ended(await flock.deploy({ app: 'beat' }))).phase, 'done')
})

/** What was counted of all hosts in the last ten minutes. */
async function sum(name: string): Promise<number> {
  const query = `name=${name}&app=beat&fromMs=${Date.now() - 600_000}&function=sum&groupBy=none&stepMs=10000`
  const { series } = await flock.api<CounterAnswer>('GET', `/counters/query?${query}`)
  return series[0]?.values.reduce((all: number, value) => all + (value ?? 0), 0) ?? 0
}

it('stores what an app counts once, also when the coordinator is killed, and draws it', async () => {
  await eventually('a window', async () => (await sum('beats')) > 0)
  await flock.process('coordinator').kill('SIGKILL')
  writeFileSync(join(flock.hostRoot('web-1'), 'srv/beat/shared/stop'), '')
  const totalFile = join(flock.hostRoot('web-1'), 'srv/beat/shared/total')
  await eventually('the last beat', () => existsSync(totalFile) && readFileSync(totalFile, 'utf8') !== '')
  await flock.startService('coordinator')
  const total = Number(readFileSync(totalFile, 'utf8'))
  await eventually('all beats', async () => (await sum('beats')) >= total, 30_000)
  assert.equal(await sum('beats'), total)
  assert.equal(await sum('beats;kind=other'), 0)
  assert.ok((await sum('hits_total;code=200')) > 0)
  const { stdout } = await rookery(['counters', '{beats,level,host.memory.used_percent}', '--coordinator', flock.url])
  assert.match(stdout, /beats;kind=test +beat +web-1 +rate/)
  assert.match(stdout, /level +beat +web-1 +avg .* 7 +7 +7 +7\n/)
  assert.match(stdout, /host\.memory\.used_percent +- +web-1 +avg/)
  assert.match(stdout, /rollout of beat to \S+ ended, done/)
})
