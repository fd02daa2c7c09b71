import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DifferenceName, differences, judgeOf } from '../../../coordinator/reconciliation/differences.ts'
import type { Fleet, FleetApp, FleetHost } from '../../../coordinator/reconciliation/fleet.ts'
import { requested } from '../../../coordinator/rollout/reducer.ts'
import type { HostStatus, RolloutState } from '../../../coordinator/rollout/state.ts'
import type { KnownHost } from '../../../coordinator/session/host-registry.ts'
import type { FileCheck } from '../../../proto/http/fleet.ts'
import { requestedEvent } from '../../support/rollout-fixture.ts'

const gib = 1024 ** 3
const rules = { maxClockSkewMs: 2_000, minDiskFreePercent: 10, awayGraceMs: 30_000 }

const runs = (liveReleaseId: string | null, ready = true) => ({
  observed: [{ app: 'hello', liveReleaseId, ready, heldReleaseIds: [] }],
})

function host(name: string, changes: Partial<FleetHost> = {}): FleetHost {
  return {
    ...{ name, pools: ['web'], labels: {}, agentVersion: '1.2.0', drained: false, hasLeft: false, connected: true },
    ...{ lastSeenMs: 1_000_000, clockAheadMs: 0, disk: null, inInventory: null },
    ...runs('hello-2'),
    ...changes,
  }
}

function hello(changes: Partial<FleetApp> = {}): FleetApp {
  const ofPool = (pool: string) => (pool === 'web' ? 'hello-2' : null)
  const ofHost = ({ pools }: KnownHost) => pools.map(ofPool).find((releaseId) => releaseId !== null) ?? null
  return { name: 'hello', ofHost, ofPool, refusal: () => undefined, last: undefined, moving: new Set(), ...changes }
}

function fleet(hosts: readonly FleetHost[], changes: Partial<Fleet> = {}): Fleet {
  return { atMs: 1_000_000, version: '1.2.0', hosts, missing: [], apps: [hello()], fileChecks: [], ...changes }
}

/** A rollout that ended so, with one host. */
function ended(phase: RolloutState['phase'], name: string, status: HostStatus): RolloutState {
  const base = { host: name, pools: ['web'], zone: null, batch: 0, why: '', retries: 0, broken: null }
  const none = { totals: null, timing: null, fetchMs: null, activateMs: null, moved: null }
  return { ...requested(requestedEvent()), phase, hosts: { [name]: { ...base, ...none, status } } }
}

const isJudged = (name: DifferenceName, known: Fleet) => judgeOf(known)(name)
const told = (...args: Parameters<typeof differences>) =>
  differences(...args).map(({ host: name, app, kind, repair }) => [name, app, kind, repair].join(' ').trim())
const detailOf = (...args: Parameters<typeof differences>) => differences(...args)[0]!.detail

const fileCheck = (changes: Partial<FileCheck>): FileCheck => ({
  ...{ host: 'a', app: 'hello', releaseId: 'hello-2', result: 'changed', changed: 1, files: 9 },
  ...{ paths: [], detail: 'hello-2 is not as it was unpacked', atMs: 0 },
  ...changes,
})

describe('a revoked release', () => {
  const refusal = (releaseId: string) => (releaseId === 'hello-2' ? 'release hello-2 is revoked: leaks' : undefined)
  const apps = [hello({ refusal })]

  it('is a difference where it is live, beside what else there is, and nothing brings it back', () => {
    assert.deepEqual(told(fleet([host('a')], { apps }), rules), ['a hello revoked'])
    assert.match(detailOf(fleet([host('a')], { apps }), rules), /still runs it: release hello-2 is revoked: leaks/)
    const unready = host('a', { observed: [{ ...host('a').observed[0]!, ready: false }] })
    const fileChecks = [fileCheck({})]
    assert.deepEqual(told(fleet([unready], { apps, fileChecks }), rules), [
      'a hello notReady',
      'a hello revoked',
      'a hello files',
    ])
  })

  it('is not brought to a host that lacks it', () => {
    const lagging = fleet([host('a', runs('hello-3'))], { apps })
    assert.deepEqual(told(lagging, rules), ['a hello release'])
    assert.match(detailOf(lagging, rules), /should run hello-2; release hello-2 is revoked/)
  })
})

describe('what a host runs', () => {
  it('is no difference when it is what its pool should run, ready', () => {
    assert.deepEqual(told(fleet([host('a')]), rules), [])
    assert.deepEqual(told(fleet([host('a', { pools: ['api'], ...runs(null) })]), rules), [])
  })

  it('is another release, none, one that is not ready, or one too many', () => {
    const hosts = [
      host('a', runs('hello-1')),
      host('b', { observed: [] }),
      host('c', runs('hello-2', false)),
      host('d', { pools: ['api'] }),
      host('e', { pools: ['api', 'web'] }),
    ]
    assert.deepEqual(told(fleet(hosts), rules), [
      'a hello release converge',
      'b hello release converge',
      'c hello notReady reactivate',
      'd hello surplus',
    ])
  })

  it('is listed where a deploy named the host, and repaired by nobody', () => {
    const apps = [hello({ ofHost: () => 'hello-1' })]
    const hosts = [host('a', runs('hello-1')), host('b', { pools: ['api'], ...runs('hello-1') }), host('c')]
    assert.deepEqual(told(fleet(hosts, { apps }), rules), ['a hello release', 'c hello release converge'])
    assert.match(detailOf(fleet(hosts, { apps }), rules), /hello-1 since a deploy named this host.*pool runs hello-2/)
  })

  it('stays so while it is drained', () => {
    const hosts = [
      host('a', { drained: true, ...runs('hello-1') }),
      host('b', { drained: true, ...runs('hello-2', false) }),
    ]
    assert.deepEqual(told(fleet(hosts), rules), ['a hello release', 'a  drained', 'b hello notReady', 'b  drained'])
  })

  it('stays so where a rollout stopped, and says which', () => {
    const status: HostStatus = {
      ...{ is: 'failed', failure: { code: 'NOT_READY', message: '', phase: 'readiness' } },
      ...{ attemptId: '', duringActivation: true },
    }
    const apps = [hello({ last: ended('halted', 'a', status) })]
    const halted = fleet([host('a', runs('hello-3')), host('b', runs('hello-1'))], { apps })
    assert.deepEqual(told(halted, rules), ['a hello release', 'b hello release converge'])
    assert.match(detailOf(halted, rules), /runs hello-3 and should run hello-2; rollout ro was halted and left it so/)
  })

  it('is not judged while a rollout moves it', () => {
    const apps = [hello({ moving: new Set(['a']) })]
    const moving = fleet([host('a', runs('hello-1', false))], {
      apps,
      fileChecks: [fileCheck({ releaseId: 'hello-1' })],
    })
    assert.deepEqual(told(moving, rules), [])
    for (const kind of ['release', 'notReady', 'surplus', 'files'] as const)
      assert.equal(isJudged({ host: 'a', app: 'hello', kind }, moving), false, kind)
    assert.equal(isJudged({ host: 'a', app: null, kind: 'agentVersion' }, moving), true)
  })

  it('has changed files until another check, or another release', () => {
    const changed = fleet([host('a')], { fileChecks: [fileCheck({})] })
    assert.deepEqual(told(changed, rules), ['a hello files refetch'])
    assert.deepEqual(told(fleet([host('a')], { fileChecks: [fileCheck({ releaseId: 'hello-1' })] }), rules), [])
    const name = { host: 'a', app: 'hello', kind: 'files' } as const
    assert.equal(isJudged(name, fleet([host('a')])), false, 'after a restart nobody knows')
    assert.equal(isJudged(name, fleet([host('a')], { fileChecks: [fileCheck({ result: 'intact' })] })), true)
  })
})

describe('a host itself', () => {
  it('is away after the grace time, and then nothing else is known of it', () => {
    const away = { connected: false, clockAheadMs: 9_000, ...runs('hello-1') }
    const hosts = [host('a', { ...away, lastSeenMs: 960_000 }), host('b', { ...away, lastSeenMs: 990_000 })]
    assert.deepEqual(told(fleet(hosts), rules), ['a  away'])
    assert.match(detailOf(fleet(hosts), rules), /last seen 1970-01-01T00:16:00.000Z$/)
    assert.deepEqual(told(fleet([host('a', { ...away, hasLeft: true })]), { ...rules, awayGraceMs: 0 }), [])
    assert.equal(isJudged({ host: 'a', app: 'hello', kind: 'release' }, fleet(hosts)), false)
    assert.equal(isJudged({ host: 'a', app: null, kind: 'away' }, fleet(hosts)), true)
  })

  it('is missing, or nobody named it', () => {
    const hosts = [host('b', { inInventory: false }), host('c', { inInventory: true })]
    assert.deepEqual(told(fleet(hosts, { missing: ['a'] }), rules), ['a  missing', 'b  unknownHost'])
  })

  it('has a clock that is off', () => {
    const hosts = [
      ['a', 2_000],
      ['b', 2_001],
      ['c', -60_000],
    ] as const
    const all = fleet(hosts.map(([name, clockAheadMs]) => host(name, { clockAheadMs })))
    assert.deepEqual(told(all, rules), ['b  clockSkew', 'c  clockSkew'])
    assert.match(differences(all, rules)[1]!.detail, /60\.0 s behind/)
  })

  it('has an agent that is older than the coordinator, or other than most', () => {
    const versions = (...all: string[]) =>
      fleet(all.map((agentVersion, index) => host(String.fromCharCode(97 + index), { agentVersion })))
    assert.deepEqual(told(versions('1.2.0', '1.10.0', '1.1.9', '1.2.0', '1.2.0'), rules), [
      'b  agentVersion',
      'c  agentVersion',
    ])
    assert.deepEqual(told(versions('1.3.0', '1.3.0'), rules), [])
    assert.deepEqual(told(versions('dev', 'dev'), rules), [])
  })

  it('has a disk that is nearly full, by its share or by its size', () => {
    const disks = [
      [50, 100],
      [9, 100],
      [0.9, 5],
      [1, 5],
    ] as const
    const hosts = disks.map(([free, total], index) =>
      host(String(index), { disk: { freeBytes: free * gib, totalBytes: total * gib } }),
    )
    assert.deepEqual(told(fleet(hosts), rules), ['1  disk', '2  disk'])
  })
})
