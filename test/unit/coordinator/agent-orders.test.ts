import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AgentOrders, type Fetching } from '../../../coordinator/distribution/agent-orders.ts'
import { LimitRules, limitsFor } from '../../../coordinator/distribution/limit-rules.ts'
import { HostRegistry } from '../../../coordinator/session/host-registry.ts'
import { type Database, openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import type { LimitsRule } from '../../../proto/http/api.ts'
import type { CoordinatorDraft } from '../../../proto/session.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('orders')
let database: Database
before(async () => {
  database = await openDatabase(sqliteFlavor(join(scratch.path, 'coordinator.sqlite')))
})
after(async () => {
  await database.destroy()
  scratch.remove()
})

describe('caps by selection', () => {
  it('narrower ones go over wider ones, cap by cap', () => {
    const rule = (zone: string | null, pool: string | null, limits: LimitsRule['limits']) => ({
      ...{ zone, pool, limits, setAtMs: 0 },
    })
    const rules = [
      rule('ams', 'web', { downloadMbitPerSecond: 4 }),
      rule(null, 'web', { uploadMbitPerSecond: 3 }),
      rule('ams', null, { uploadMbitPerSecond: 2, zoneMbitPerSecond: { fra: 2 } }),
      rule(null, null, { uploadMbitPerSecond: 1, downloadMbitPerSecond: 1, zoneMbitPerSecond: { '*': 1 } }),
    ]
    const expected = { uploadMbitPerSecond: 3, downloadMbitPerSecond: 4, zoneMbitPerSecond: { '*': 1, fra: 2 } }
    assert.deepEqual(limitsFor(rules, { zone: 'ams', pools: ['web'] }), expected)
    assert.equal(limitsFor(rules, { zone: 'fra', pools: ['api'] }).uploadMbitPerSecond, 1)
    assert.equal(limitsFor(rules, { zone: 'ams', pools: ['api'] }).uploadMbitPerSecond, 2)
    assert.deepEqual(limitsFor([], { zone: undefined, pools: [] }), {})
  })
})

describe('what a zone fetches', () => {
  it('is told to all of the zone when it changes, and to nobody else', async () => {
    const clock = new ManualClock()
    const hosts = new HostRegistry({ database, clock })
    for (const [host, zone] of [
      ['a-1', 'ams'],
      ['a-2', 'ams'],
      ['f-1', 'fra'],
    ] as const)
      await hosts.enroll({
        ...{ host, pools: ['web'], labels: { zone }, observed: [], attempts: [] },
        ...{ agentVersion: '1', protocolVersion: 1, spoolId: host },
      })
    let fetching: Fetching[] = []
    let sent: [string, readonly string[]][] = []
    const orders = new AgentOrders({
      ...{ hosts, rules: new LimitRules({ database, clock }), fetching: () => fetching },
      send: (host: string, { seedingWanted }: CoordinatorDraft) => {
        if (seedingWanted) sent.push([host, seedingWanted.releaseIds ?? []])
        return true
      },
    })
    const change = (next: Fetching[]) => {
      sent = []
      fetching = next
      orders.fetchesChanged()
      return sent
    }
    const [first, second] = [
      { host: 'a-1', releaseId: 'r-1' },
      { host: 'a-2', releaseId: 'r-1' },
    ]
    assert.deepEqual(change([first, second]), [
      ['a-1', ['r-1']],
      ['a-2', ['r-1']],
    ])
    assert.deepEqual(change([second]), [])
    assert.deepEqual(change([second, { host: 'f-1', releaseId: 'r-1' }]), [['f-1', ['r-1']]])
    orders.welcomed('a-1')
    assert.deepEqual(sent.at(-1), ['a-1', ['r-1']])
    assert.deepEqual(change([]), [
      ['a-1', []],
      ['a-2', []],
      ['f-1', []],
    ])
  })
})
