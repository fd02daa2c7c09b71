import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { Registry } from 'prom-client'
import { hostRoutes } from '../../../coordinator/api/hosts.ts'
import { CounterStore } from '../../../coordinator/counters/counter-store.ts'
import { EventHub } from '../../../coordinator/events/event-hub.ts'
import { Inventory } from '../../../coordinator/inventory/inventory.ts'
import { ReleaseStore } from '../../../coordinator/releases/release-store.ts'
import { Revocations } from '../../../coordinator/releases/revocations.ts'
import { keySigner } from '../../../coordinator/releases/signer.ts'
import { DesiredReleases } from '../../../coordinator/rollout/desired-releases.ts'
import { HostRegistry } from '../../../coordinator/session/host-registry.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import type { Host } from '../../../proto/http/api.ts'
import { systemClock as clock } from '../../../runtime/clock.ts'
import { createHttpServer, type HttpServer } from '../../../runtime/http-server.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { rookery } from '../../support/command-line.ts'

let server: HttpServer
let directory = ''
const run = (...args: string[]) => {
  const { port } = server.server.address() as AddressInfo
  return rookery(['--coordinator', `http://127.0.0.1:${port}`, 'host', ...args])
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rookery-missing-'))
  const file = join(directory, 'hosts.yml')
  await writeFile(file, '[{name: web-1, pools: [web]}, {name: web-2, pools: [web], zone: ams}]')
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const hub = new EventHub({ database, clock })
  const hosts = new HostRegistry({ database, clock })
  const logger = silentLogger()
  for (const host of ['web-1', 'web-9']) {
    const columns = { pools_json: '["web"]', labels_json: '{}', observed_json: '[]', agent_version: '1.0.0' }
    await database
      .insertInto('host')
      .values({ name: host, ...columns, drained: 0, has_left: 0, last_seen_ms: 1_000 })
      .execute()
  }
  await hosts.load()
  const config = { refreshMs: 60_000, graceMs: 0, sources: [{ file }] }
  const inventory = new Inventory(config, { database, hub, clock, logger })
  await inventory.refresh()
  const listen = { host: '127.0.0.1', port: 0 }
  server = createHttpServer({ listen }, { logger, metrics: new Registry(), notReady: () => undefined })
  const signer = keySigner(generateKeyPairSync('ed25519').privateKey)
  const parts = {
    hosts,
    hub,
    inventory,
    desired: new DesiredReleases({ database, clock }),
    counters: new CounterStore(database),
    revocations: new Revocations({
      database,
      store: new ReleaseStore(database, signer.publicPem),
      signer,
      hub,
      clock,
      logger,
    }),
    identity: undefined,
  }
  await server.register(async (scope) => hostRoutes(scope as unknown as HttpServer, parts), { prefix: '/api/v1' })
  await server.listen(listen)
})
after(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

it('shows a host that a source names and whose agent never came as missing', async () => {
  const hosts = (await run('list', '--json')).stdout
    .trim()
    .split('\n')
    .map((line): Host => JSON.parse(line))
  assert.deepEqual(
    hosts.map(({ name, connected, missing, inInventory }) => ({ name, connected, missing, inInventory })),
    [
      { name: 'web-1', connected: false, missing: undefined, inInventory: true },
      { name: 'web-2', connected: false, missing: true, inInventory: true },
      { name: 'web-9', connected: false, missing: undefined, inInventory: false },
    ],
  )
  assert.deepEqual([hosts[1]!.pools, hosts[1]!.labels], [['web'], { zone: 'ams' }])
  assert.match((await run('list')).stdout, /^web-2 +web +missing +- +- +never$/m)
  const shown = (await run('show', 'web-2')).stdout
  assert.match(shown, /^state {6}missing\nlast seen {2}never$/m)
  assert.match((await run('show', 'web-3')).stderr, /no host web-3 \(NOT_FOUND\)/)
})
