import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { StatsD } from 'hot-shots'
import { Counters } from '../../../peer-agent/counters/counters.ts'
import { StatsdDesk } from '../../../peer-agent/counters/statsd-desk.ts'
import { StatsdIntake } from '../../../peer-agent/counters/statsd-intake.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { CounterSpool } from '../../support/counter-spool.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'rookery-statsd-'))
})
after(() => rm(root, { recursive: true }))

interface Settings {
  readonly port?: number
  readonly socket?: string
  readonly portsFile?: string
}

async function startIntake({ port = 0, socket, portsFile = join(root, 'ports.json') }: Settings = {}) {
  const clock = new ManualClock(0)
  const spool = new CounterSpool()
  const counters = new Counters({ maxNames: 100, spreadMs: 0 }, { spool, clock })
  await counters.start()
  const logger = silentLogger()
  const deskOf = (app: string) => new StatsdDesk(app, { counters, clock, logger })
  const intake = new StatsdIntake({ enabled: true, port, socket, portsFile }, { deskOf, logger })
  await intake.start()
  const lines = () => {
    clock.advance(10_000)
    return spool
      .windows()
      .filter(({ name }) => name === 'statsd_lines')
      .reduce((sum, window) => sum + window.sum, 0)
  }
  return { intake, spool, lines }
}

const closed = (client: StatsD) => new Promise<void>((resolve) => client.close(() => resolve()))

describe('StatsD intake', () => {
  it('takes what hot-shots sends to the port that the app finds in its environment', async () => {
    const { intake, spool, lines } = await startIntake()
    const { ROOKERY_STATSD_HOST: host, ROOKERY_STATSD_PORT: port } = await intake.variables('shop')
    const client = new StatsD({
      host,
      port: Number(port),
      prefix: 'cart.',
      globalTags: { env: 'live' },
      maxBufferSize: 400,
    })
    for (let index = 0; index < 50; index++) client.increment('added', { size: 'l' })
    client.gauge('open', 7)
    client.timing('render', 12.5)
    client.histogram('items', 3)
    client.distribution('items', 5)
    client.unique('customers', 'ann')
    client.decrement('stock', 2)
    await closed(client)
    await eventually('all lines', async () => lines() === 56 || undefined)
    assert.equal(
      spool.of('cart.added;env=live;size=l', 'shop').reduce((sum, { sum: part }) => sum + part, 0),
      50,
    )
    const sums = (name: string) =>
      spool.of(`cart.${name};env=live`, 'shop').map(({ kind, count, sum }) => [kind, count, sum])
    assert.deepEqual(sums('open')[0], ['gauge', 1, 7])
    assert.deepEqual(sums('render'), [['timer', 1, 12.5]])
    assert.deepEqual(sums('items'), [['timer', 2, 8]])
    assert.deepEqual(sums('customers'), [['set', 1, 1]])
    assert.deepEqual(sums('stock'), [['counter', 1, -2]])
    await intake.stop()
  })

  it('takes lines on a Unix stream socket, however they are cut', async () => {
    const socket = join(root, 'statsd.sock')
    const { intake, spool, lines } = await startIntake({ socket })
    const client = new StatsD({ protocol: 'stream', stream: connect(socket), maxBufferSize: 0 })
    for (let index = 0; index < 20; index++) client.increment('jobs')
    await closed(client)
    const stream = connect(socket)
    await once(stream, 'connect')
    for (const part of ['jo', 'bs:1|', 'c\njobs', ':1|c']) {
      stream.write(part)
      await new Promise((resolve) => setImmediate(resolve))
    }
    stream.end()
    await eventually('all lines', async () => lines() === 22 || undefined)
    assert.equal(
      spool.of('jobs').reduce((sum, { sum: part }) => sum + part, 0),
      22,
    )
    await intake.stop()
  })

  it('keeps the port of an app over a restart, and takes another when it is gone', async () => {
    const portsFile = join(root, 'kept.json')
    const first = await startIntake({ portsFile })
    const { ROOKERY_STATSD_PORT: port } = await first.intake.variables('shop')
    await first.intake.stop()
    const second = await startIntake({ portsFile })
    assert.equal((await second.intake.variables('shop')).ROOKERY_STATSD_PORT, port)
    const third = await startIntake({ portsFile })
    const other = (await third.intake.variables('shop')).ROOKERY_STATSD_PORT
    assert.ok(other !== undefined && other !== port)
    await Promise.all([second.intake.stop(), third.intake.stop()])
  })

  it('leaves the port of the host to whoever has it', async () => {
    const [port] = await freePorts(1)
    const first = await startIntake({ port: port!, portsFile: join(root, 'a.json') })
    const second = await startIntake({ port: port!, portsFile: join(root, 'b.json') })
    const client = new StatsD({ host: '127.0.0.1', port: port! })
    client.increment('cron')
    await closed(client)
    await eventually('the line', async () => first.lines() === 1 || undefined)
    assert.equal(first.spool.of('cron')[0]!.app, '')
    await Promise.all([first.intake.stop(), second.intake.stop()])
  })
})
