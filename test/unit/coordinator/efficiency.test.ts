import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Value } from 'typebox/value'
import { type HostFetch, judgeDistribution } from '../../../coordinator/efficiency/judge-distribution.ts'
import { efficiencyOf } from '../../../coordinator/efficiency/rollout-efficiency.ts'
import { finalEvent } from '../../../coordinator/rollout/agent-report.ts'
import type { RolloutEvent } from '../../../coordinator/rollout/events.ts'
import { reduce, requested } from '../../../coordinator/rollout/reducer.ts'
import type { FetchTiming, FetchTotals, RolloutState } from '../../../coordinator/rollout/state.ts'
import { HostRegistry } from '../../../coordinator/session/host-registry.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import { Efficiency } from '../../../proto/http/api.ts'
import { decodeAgentMessage, encodeAgentMessage, Phase, type PhaseReport, PhaseState } from '../../../proto/session.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { fleetOf, plannedEvent, requestedEvent, rolloutPolicy } from '../../support/rollout-fixture.ts'

const mib = 1024 * 1024
const size = 100 * mib
const pieces = 100

/** A host that was asked at 0, began at once, and received all of it from peers in 10 s. */
function fetch(host: string, changes: Partial<FetchTiming> = {}, totals: Partial<FetchTotals> = {}): HostFetch {
  const timing = { askedAtMs: 0, startedAtMs: 10, firstByteAtMs: 10, finishedAtMs: 10_010, ...changes }
  const held = { mostPeers: 20, diskWaitMs: 5, longestStallMs: 50 }
  return {
    host,
    totals: { fromPeers: size, fromSeeder: 0, fromWebSeed: 0, reused: 0, wasted: 0, uploaded: size, ...totals },
    timing: { bytesTotal: size, piecesTotal: pieces, ...held, ...timing },
  }
}

const fleet = (count: number) => Array.from({ length: count }, (_, index) => fetch(`web-${index}`))
const judge = (hosts: readonly HostFetch[], capacity?: number): Efficiency =>
  judgeDistribution(hosts, size, pieces, capacity) ?? assert.fail('no report')
const only = (efficiency: Efficiency) => {
  assert.equal(efficiency.stragglers.length, 1, JSON.stringify(efficiency.stragglers))
  return efficiency.stragglers[0]!
}

describe('makespan ÷ bound', () => {
  it('is told against a configured capacity by the formula of Mundinger, Weber and Weiss', () => {
    const efficiency = judge(fleet(32), 10 * mib)
    assert.deepEqual(efficiency.capacity, { bytesPerSecond: 10 * mib, source: 'configured' })
    // (1 + 5 / 100) · 10 s
    assert.equal(efficiency.boundMs, 10_500)
    assert.equal(efficiency.makespanMs, 10_010)
    assert.equal(efficiency.ratio, 0.953)
    assert.equal(judge(fleet(33), 10 * mib).boundMs, 10_500)
    assert.equal(judge(fleet(64), 10 * mib).boundMs, 10_600)
    assert.equal(judge(fleet(1), 10 * mib).boundMs, 10_000)
  })

  it('is told against the faster half of the hosts where no capacity is known', () => {
    const slow = [fetch('slow-1', { finishedAtMs: 100_010 }), fetch('slow-2', { finishedAtMs: 100_010 })]
    const { capacity, ratio } = judge([...fleet(4), ...slow])
    assert.deepEqual(capacity, { bytesPerSecond: 10 * mib, source: 'measured' })
    assert.ok(ratio > 9.7 && ratio < 9.9, String(ratio))
  })

  it('runs from the first order to the last host’s last byte', () => {
    const hosts = [fetch('a', { askedAtMs: -500 }), fetch('b', { finishedAtMs: 12_000 })]
    assert.equal(judge(hosts).makespanMs, 12_500)
  })

  it('adds up where the bytes came from, and counts only who fetched', () => {
    const none = { fromPeers: 0, fromSeeder: 0, fromWebSeed: 0, reused: size, wasted: 0, uploaded: 7 }
    const mixed = { fromPeers: 60, fromSeeder: 30, fromWebSeed: 10, reused: 1, wasted: 2, uploaded: 3 }
    const { hosts, bytes } = judge([fetch('a', {}, mixed), { host: 'held', totals: none, timing: null }])
    assert.equal(hosts, 1)
    assert.deepEqual(bytes, {
      fromPeers: 60,
      fromSeeder: 30,
      fromWebSeed: 10,
      reused: size + 1,
      wasted: 2,
      uploaded: 10,
    })
  })

  it('is not told when nobody fetched', () => {
    assert.equal(judgeDistribution([], size, pieces), null)
  })
})

describe('stragglers', () => {
  const against = (straggler: HostFetch) => only(judge([...fleet(9), straggler]))

  it('that began late', () => {
    const { cause, sentence, lateMs } = against(
      fetch('x', { startedAtMs: 20_000, firstByteAtMs: 20_100, finishedAtMs: 30_100 }),
    )
    assert.deepEqual([cause, lateMs], ['lateStart', 20_000])
    assert.equal(sentence, 'x took 30.1 s, the median is 10.0 s: it began 20.0 s after it was told to (median 0.0 s)')
  })

  it('whose disk was slow, though nothing came while it wrote', () => {
    const { cause, sentence } = against(
      fetch('x', { finishedAtMs: 40_010, diskWaitMs: 28_000, longestStallMs: 16_000 }),
    )
    assert.equal(cause, 'slowDisk')
    assert.match(sentence, /it waited 28\.0 s for its disk \(median 0\.0 s\)/)
  })

  it('that stalled, also before the first byte', () => {
    const inBetween = against(fetch('x', { finishedAtMs: 40_010, longestStallMs: 29_000 }))
    assert.equal(inBetween.cause, 'stalled')
    assert.match(inBetween.sentence, /nothing came for 29\.0 s at a stretch/)
    const atFirst = against(fetch('x', { firstByteAtMs: 30_010, finishedAtMs: 40_010 }))
    assert.deepEqual([atFirst.cause, atFirst.waitedForFirstByteMs], ['stalled', 30_000])
  })

  it('that had few peers', () => {
    const { cause, sentence } = against(fetch('x', { finishedAtMs: 40_010, mostPeers: 1 }))
    assert.equal(cause, 'fewPeers')
    assert.match(sentence, /never had more than 1 peer \(median 20\)/)
  })

  it('whose downlink was slow', () => {
    const { cause, sentence, bytesPerSecond } = against(fetch('x', { finishedAtMs: 40_010 }))
    assert.deepEqual([cause, bytesPerSecond], ['slowDownlink', Math.round(2.5 * mib)])
    assert.match(sentence, /it received 21\.0 Mbit\/s \(median 83\.9 Mbit\/s\)/)
  })

  it('are the hosts beyond 1.5 times the median, slowest first', () => {
    const hosts = [
      fetch('a', { finishedAtMs: 16_000 }),
      fetch('b', { finishedAtMs: 14_900 }),
      fetch('c', { finishedAtMs: 20_000 }),
    ]
    assert.deepEqual(
      judge([...fleet(9), ...hosts]).stragglers.map(({ host }) => host),
      ['c', 'a'],
    )
  })

  it('are found among few hosts, against the better ones', () => {
    const slow = ['c', 'd'].map((host) => fetch(host, { finishedAtMs: 30_010 }))
    const { stragglers } = judge([...fleet(2), ...slow])
    assert.deepEqual(
      stragglers.map(({ host, cause }) => [host, cause]),
      [
        ['c', 'slowDownlink'],
        ['d', 'slowDownlink'],
      ],
    )
    assert.match(stragglers[0]!.sentence, /received 28\.0 Mbit\/s \(median 83\.9 Mbit\/s\)/)
  })

  it('are not looked for in fractions of a second', () => {
    const quick = (host: string, finishedAtMs: number) => fetch(host, { finishedAtMs })
    assert.deepEqual(judge([quick('a', 50), quick('b', 60), quick('c', 400)]).stragglers, [])
  })
})

describe('the report of a rollout', () => {
  const hosts = fleetOf({ web: 2 })
  const events: RolloutEvent[] = [
    { type: 'started', atMs: 0 },
    { type: 'planned', atMs: 1_000, ...plannedEvent(hosts, rolloutPolicy({ failureBudget: 1 })) },
  ]
  const begin = () => {
    const start = requested(requestedEvent({ id: 'r', releaseId: 'hello-1' }))
    return events.reduce((state, event) => reduce(state, event).state, start)
  }
  const report = (host: string, changes: Partial<PhaseReport> = {}): PhaseReport => ({
    ...{ attemptId: `r/${host}/fetch`, rolloutId: 'r', app: 'hello', releaseId: 'hello-1', errorCode: '' },
    ...{ phase: Phase.PHASE_UNPACK, state: PhaseState.PHASE_STATE_SUCCEEDED, final: true, errorMessage: '' },
    ...{ durationMs: 5, atMs: 0, exitCode: 0, hasExitCode: false },
    fetchTotals: {
      ...{ bytesFromPeers: 1, bytesFromSeeder: 2, bytesFromWebSeed: 3, bytesReused: 4, bytesWasted: 5 },
      bytesUploaded: 6,
    },
    fetchTiming: {
      ...{ startedAtMs: 101_000, firstByteAtMs: 101_500, finishedAtMs: 103_000, bytesTotal: 6, piecesTotal: 1 },
      ...{ mostPeers: 2, diskWaitMs: 0, longestStallMs: 0 },
    },
    ...changes,
  })
  /** As it comes from the wire: what is 0 is not sent. */
  const received = (sent: PhaseReport) =>
    decodeAgentMessage(encodeAgentMessage({ phaseReport: sent }))!.body as PhaseReport
  const end = (state: RolloutState, host: string, sent = report(host), clockAheadMs = 100_000) =>
    reduce(state, finalEvent(state, host, received(sent), { atMs: 4_000, clockAheadMs })).state

  it('comes when every host has ended its fetch, by the coordinator’s clock, and survives storing', () => {
    const first = end(begin(), 'web-0')
    assert.equal(efficiencyOf(first, undefined), null)
    const both = JSON.parse(JSON.stringify(end(first, 'web-1'))) as RolloutState
    const efficiency = efficiencyOf(both, 1_000)!
    assert.deepEqual([efficiency.hosts, efficiency.makespanMs], [2, 2_000])
    assert.equal(efficiency.bytes.fromWebSeed, 6)
  })

  it('fits the schema of the API, also where an agent has only zeros to tell', () => {
    const timing = { ...report('web-1').fetchTiming!, finishedAtMs: 110_000, mostPeers: 0 }
    const state = JSON.parse(
      JSON.stringify(end(end(begin(), 'web-0'), 'web-1', report('web-1', { fetchTiming: timing }))),
    )
    const efficiency = efficiencyOf(state as RolloutState, undefined)
    assert.equal(efficiency!.stragglers.length, 1)
    assert.deepEqual([...Value.Errors(Efficiency, efficiency)], [])
  })

  it('leaves out who failed, and is missing for events of older versions and hosts that had it all', () => {
    const failed = report('web-1', { state: PhaseState.PHASE_STATE_FAILED, errorCode: 'DISK_FULL' })
    assert.equal(efficiencyOf(end(end(begin(), 'web-0'), 'web-1', failed), undefined)!.hosts, 1)
    const held = end(end(begin(), 'web-0', report('web-0', { fetchTiming: null })), 'web-1', failed)
    assert.equal(efficiencyOf(held, undefined), null)
    const old = {
      type: 'fetched',
      atMs: 5,
      host: 'web-0',
      attemptId: 'r/web-0/fetch',
      totals: null,
      durationMs: 1,
    } as const
    assert.equal(efficiencyOf(end(reduce(begin(), old).state, 'web-1', failed), undefined), null)
  })
})

describe('the clocks of hosts', () => {
  it('are compared by their quickest heartbeat, and again when they are set right', async () => {
    const clock = new ManualClock()
    const database = await openDatabase(sqliteFlavor(':memory:'))
    const hosts = new HostRegistry({ database, clock })
    const hello = { protocolVersion: 1, agentVersion: '1', host: 'a', pools: ['web'], labels: {}, spoolId: 's' }
    await hosts.enroll({ ...hello, observed: [], attempts: [] })
    assert.equal(hosts.clockAheadMs('a'), 0)
    const beat = (aheadMs: number) =>
      hosts.observe('a', { sentAtMs: clock.now() + aheadMs, observed: [], diskFreeBytes: 0, diskTotalBytes: 0 })
    for (const delayMs of [400, 3, 2_000]) await beat(5_000 - delayMs)
    assert.equal(hosts.clockAheadMs('a'), 4_997)
    for (let round = 0; round < 8; round++) await beat(-2)
    assert.equal(hosts.clockAheadMs('a'), -2)
    await database.destroy()
  })
})
