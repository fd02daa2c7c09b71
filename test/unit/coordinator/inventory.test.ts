import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EventHub } from '../../../coordinator/events/event-hub.ts'
import type { HostSource } from '../../../coordinator/inventory/config.ts'
import { Inventory, type InventoryChange } from '../../../coordinator/inventory/inventory.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import type { ApiEvent } from '../../../proto/http/api.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { DnsFixture } from '../../support/dns-fixture.ts'

async function setUp(sources: HostSource[], graceMs = 0) {
  const clock = new ManualClock()
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const hub = new EventHub({ database, clock })
  const alerts: ApiEvent[] = []
  hub.subscribe((event) => alerts.push(event))
  /** A coordinator over the same store, with the last good answers read back and no source asked. */
  const restarted = async () => {
    const inventory = new Inventory(
      { refreshMs: 60_000, graceMs, sources },
      { database, hub, clock, logger: silentLogger() },
    )
    const changes: InventoryChange[] = []
    inventory.onChange((change) => changes.push(change))
    return { inventory, changes }
  }
  return { ...(await restarted()), clock, alerts, restarted }
}

const names = (inventory: Inventory) => inventory.hosts().map(({ name }) => name)

describe('inventory', () => {
  let directory = ''
  let file = ''
  const write = (text: string) => writeFile(file, text)
  const server = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer inventory') return response.writeHead(401).end()
    response.end('[{"name": "web-1", "pools": ["web"], "labels": {"rack": "7"}}]')
  })
  const dns = new DnsFixture()
  let nameServer = ''
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-inventory-'))
    file = join(directory, 'hosts.yml')
    server.listen(0, '127.0.0.1')
    nameServer = await dns.start()
    if (!server.listening) await once(server, 'listening')
  })
  after(async () => {
    server.close()
    dns.stop()
    await rm(directory, { recursive: true })
  })

  it('merges what file, HTTP and a command name', async () => {
    await write('- {name: web-1, pools: [web], zone: ams}\n- {name: api-1, pools: [api]}\n')
    const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hosts?key=secret`
    const { inventory } = await setUp([
      { file },
      { http, headers: { authorization: 'Bearer inventory' } },
      { command: `echo '[{"name": "web-1", "pools": ["canary"]}]'` },
    ])
    await inventory.refresh()
    assert.deepEqual(inventory.hosts(), [
      { name: 'api-1', pools: ['api'], zone: null, labels: {} },
      { name: 'web-1', pools: ['web', 'canary'], zone: 'ams', labels: { rack: '7' } },
    ])
    assert.deepEqual([inventory.has('web-1'), inventory.has('web-2')], [true, false])
  })

  it('knows of no host without a source, and of none for sure before every source answered', async () => {
    const without = await setUp([])
    await without.inventory.start()
    assert.equal(without.inventory.has('web-1'), null)
    const { inventory } = await setUp([{ file: join(directory, 'none.yml') }])
    await inventory.refresh()
    assert.equal(inventory.has('web-1'), null)
  })

  it('takes hosts from DNS: targets of services, and addresses by their names', async () => {
    dns.records = [
      { name: '_web._tcp.example', type: 'SRV', data: 'web-1.example' },
      { name: '_web._tcp.example', type: 'SRV', data: 'web-2.example' },
      { name: 'api.example', type: 'A', data: '10.0.0.1' },
      { name: 'api.example', type: 'A', data: '10.0.0.2' },
      { name: '1.0.0.10.in-addr.arpa', type: 'PTR', data: 'API-1.example' },
      { name: 'jobs.example', type: 'AAAA', data: 'fd00::7' },
    ]
    const servers = [nameServer]
    const { inventory, alerts } = await setUp([
      { dns: '_web._tcp.example', type: 'SRV', pool: 'web', zone: 'ams', servers },
      { dns: 'api.example', type: 'A', pool: 'api', servers },
      { dns: 'jobs.example', type: 'AAAA', pool: 'jobs', servers },
    ])
    await inventory.refresh()
    assert.deepEqual(names(inventory), ['10.0.0.2', 'api-1.example', 'fd00--7', 'web-1.example', 'web-2.example'])
    assert.deepEqual(inventory.hosts().at(-1), { name: 'web-2.example', pools: ['web'], zone: 'ams', labels: {} })
    dns.isBroken = true
    await inventory.refresh()
    assert.equal(names(inventory).length, 5)
    assert.equal(alerts.length, 3)
    dns.isBroken = false
    await inventory.refresh()
    dns.records = dns.records.filter(({ type }) => type !== 'AAAA')
    await inventory.refresh()
    assert.match(String(alerts.at(-1)!.data.message), /dns AAAA jobs.example: names no host, and 1 before/)
  })

  it('keeps the last good answer while a source fails, tells it once a streak, and over a restart', async () => {
    await write('[{name: web-1, pools: [web]}]')
    const { inventory, alerts, restarted } = await setUp([{ file }])
    await inventory.refresh()
    await write('[{name: web-1, pool: web}]')
    await inventory.refresh()
    await inventory.refresh()
    assert.deepEqual(names(inventory), ['web-1'])
    assert.equal(alerts.length, 1)
    assert.deepEqual([alerts[0]!.type, alerts[0]!.data.subject], ['alert', 'inventory'])
    assert.match(
      String(alerts[0]!.data.message),
      /hosts\.yml:1:\d+: 0\.pools?: .*; its last answer stays, with 1 hosts/s,
    )
    const { inventory: again } = await restarted()
    await again.start()
    assert.deepEqual(names(again), ['web-1'])
    await again.stop()
    await write('[{name: web-1, pools: [web]}]')
    await inventory.refresh()
    await rm(file)
    await inventory.refresh()
    assert.equal(alerts.filter(({ data }) => String(data.message).includes('ENOENT')).length, 1)
  })

  it('takes an empty answer for a fault, unless it is allowed', async () => {
    for (const allowEmpty of [false, true]) {
      await write('[{name: web-1, pools: [web]}]')
      const { inventory, changes, alerts } = await setUp([{ file, allowEmpty }])
      await inventory.refresh()
      await write('[]')
      await inventory.refresh()
      assert.deepEqual(names(inventory), allowEmpty ? [] : ['web-1'])
      assert.equal(alerts.length, allowEmpty ? 0 : 1)
      assert.deepEqual(changes.at(-1), allowEmpty ? { came: [], left: ['web-1'] } : { came: ['web-1'], left: [] })
    }
  })

  it('lets a host that is not named any more go after the grace time, and only by good answers', async () => {
    const both = '[{name: web-1, pools: [web]}, {name: web-2, pools: [web]}]'
    const one = '[{name: web-1, pools: [web]}]'
    const { inventory, changes, clock } = await setUp([{ file }], 300_000)
    await write(both)
    await inventory.refresh()
    const look = async (text: string, passedMs: number) => {
      await write(text)
      clock.advance(passedMs)
      await inventory.refresh()
      return names(inventory).length
    }
    assert.equal(await look(one, 0), 2)
    assert.equal(await look(one, 299_999), 2)
    assert.equal(await look('no list', 1_000_000), 2)
    assert.equal(await look(both, 0), 2)
    assert.equal(await look(one, 1_000), 2)
    assert.equal(await look(one, 300_000), 1)
    assert.deepEqual(changes, [
      { came: ['web-1', 'web-2'], left: [] },
      { came: [], left: ['web-2'] },
    ])
  })

  it('ends a command at its deadline with all it started, and names what fails without its secrets', async () => {
    const port = (server.address() as AddressInfo).port
    const { inventory, alerts } = await setUp([
      { command: 'sleep 30 | cat; exit 0', deadlineMs: 50 },
      { command: ['sh', '-c', 'echo no such account >&2; exit 3'] },
      { command: 'no-such-command' },
      { command: ['/no/such/file'] },
      { http: `http://127.0.0.1:${port}/hosts?key=SECRET` },
    ])
    await inventory.refresh()
    const messages = alerts.map(({ data }) => String(data.message)).sort()
    assert.deepEqual(
      messages.map((message) => message.replace(/^host source /, '').replace('; it never answered', '')),
      [
        'command /no/such/file: spawn /no/such/file ENOENT',
        'command no-such-command: ended with exit code 127: /bin/sh: 1: no-such-command: not found',
        'command sh: ended with exit code 3: no such account',
        'command sleep: did not end within 50 ms and was killed',
        `http http://127.0.0.1:${port}/hosts: HTTP 401`,
      ],
    )
  })

  it('looks again by itself', async () => {
    await write('[{name: web-1, pools: [web]}]')
    const { inventory, clock } = await setUp([{ file }])
    const seen = () => new Promise<InventoryChange>((resolve) => inventory.onChange(resolve))
    const first = seen()
    await inventory.start()
    assert.deepEqual((await first).came, ['web-1'])
    await new Promise(setImmediate)
    await write('[{name: web-1, pools: [web]}, {name: web-2, pools: [web]}]')
    const second = seen()
    clock.advance(60_000)
    assert.deepEqual((await second).came, ['web-2'])
    await inventory.stop()
  })
})
