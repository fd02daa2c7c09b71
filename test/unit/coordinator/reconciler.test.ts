import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Registry } from 'prom-client'
import type { Fleet, FleetHost } from '../../../coordinator/reconciliation/fleet.ts'
import { FleetAlerts } from '../../../coordinator/reconciliation/fleet-alerts.ts'
import { Reconciler } from '../../../coordinator/reconciliation/reconciler.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { lockFixture } from '../../support/lock-fixture.ts'

const options = { periodMs: 1_000, maxClockSkewMs: 2_000, minDiskFreePercent: 10, awayGraceMs: 30_000 }

describe('the sweep', () => {
  let fixture: Awaited<ReturnType<typeof lockFixture>>
  let fleet: Fleet
  let converged = 0
  let reconciler: Reconciler

  const host = (changes: Partial<FleetHost>): FleetHost => ({
    ...{ name: 'web-1', pools: ['web'], labels: {}, agentVersion: '1.0.0', drained: false, hasLeft: false },
    ...{ connected: true, lastSeenMs: 0, clockAheadMs: 1, disk: null, inInventory: null, observed: [] },
    ...changes,
  })
  const make = (repair: 'off' | 'safe') => {
    const { clock } = fixture
    const alerts = new FleetAlerts(fixture)
    const converge = () => void converged++
    return new Reconciler(
      { ...options, repair },
      { view: async () => fleet, alerts, converge, clock, logger: silentLogger() },
    )
  }
  const alerts = () => fixture.events.map(({ host: name, app, data }) => [data.state, name, app, data.kind].join(' '))

  beforeEach(async () => {
    fixture = await lockFixture()
    const wanted = () => 'hello-2'
    const refusal = () => undefined
    const app = { name: 'hello', ofHost: wanted, ofPool: wanted, refusal, last: undefined, moving: new Set<string>() }
    fleet = { atMs: 1_000_000, version: '1.0.0', hosts: [host({})], missing: [], apps: [app], fileChecks: [] }
    converged = 0
    reconciler = make('safe')
  })

  it('tells of a difference once when it appears and once when it is gone, also over a restart', async () => {
    await reconciler.sweep()
    await reconciler.sweep()
    assert.deepEqual(alerts(), ['appeared web-1 hello release'])
    assert.match(String(fixture.events[0]!.data.message), /^web-1, hello: release: runs nothing and should run hello-2/)
    reconciler = make('safe')
    await reconciler.sweep()
    assert.equal(alerts().length, 1)
    const observed = [{ app: 'hello', liveReleaseId: 'hello-2', ready: true, heldReleaseIds: [] }]
    fleet = { ...fleet, hosts: [host({ observed })] }
    await reconciler.sweep()
    await reconciler.sweep()
    assert.deepEqual(alerts(), ['appeared web-1 hello release', 'gone web-1 hello release'])
  })

  it('takes nothing for gone while nobody can tell', async () => {
    await reconciler.sweep()
    fleet = { ...fleet, hosts: [host({ connected: false })] }
    await reconciler.sweep()
    assert.deepEqual(alerts(), ['appeared web-1 hello release', 'appeared web-1  away'])
    fleet = { ...fleet, hosts: [host({})] }
    await reconciler.sweep()
    assert.deepEqual(alerts().slice(2), ['gone web-1  away'])
  })

  it('tells nobody of what somebody wanted, nor of an agent that may just be starting anew', async () => {
    fleet = {
      ...fleet,
      apps: [],
      hosts: [host({ drained: true }), host({ name: 'web-2', connected: false, lastSeenMs: 990_000 })],
    }
    await reconciler.sweep()
    assert.deepEqual(alerts(), [])
    assert.deepEqual(
      reconciler.compare(fleet).differences.map(({ kind }) => kind),
      ['drained', 'away'],
    )
  })

  it('has hosts catch up, unless it is to repair nothing', async () => {
    await reconciler.sweep()
    assert.equal(converged, 1)
    await make('off').sweep()
    assert.equal(converged, 1)
  })

  it('keeps what it found, by kind for Prometheus', async () => {
    const registry = new Registry()
    reconciler.register(registry)
    await reconciler.sweep()
    assert.equal((await reconciler.last()).differences.length, 1)
    assert.match(await registry.metrics(), /rookery_fleet_differences\{kind="release"\} 1/)
  })

  it('comes again and again', async () => {
    await reconciler.start()
    fixture.clock.advance(1_000)
    await reconciler.stop()
    assert.deepEqual(alerts(), ['appeared web-1 hello release'])
  })
})
