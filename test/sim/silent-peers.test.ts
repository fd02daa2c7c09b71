import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { addressOf, type SimulatedPeer, Simulation } from './simulation.ts'

/** When the host gives up on some of what it asked the peer for, in ms after it asked; it is snubbed then. */
function snubbedAfterMs(simulation: Simulation, host: SimulatedPeer): number {
  simulation.run(() => host.sent('request').length > 0)
  const askedMs = simulation.nowMs
  simulation.run(() => host.sent('cancel').length > 0)
  return simulation.nowMs - askedMs
}

describe('peers of our own that fall silent, in the simulator', () => {
  it('one is snubbed after two seconds while our way in is free', () => {
    const simulation = new Simulation({ seed: 901 })
    const silent = simulation.add('silent', {
      holds: 'all',
      tamper: (message) => (host.sent('request').length > 0 ? undefined : message),
    })
    const host: SimulatedPeer = simulation.add('host')
    host.input({ type: 'peersFound', addresses: [addressOf(silent)] })
    const ms = snubbedAfterMs(simulation, host)
    assert.ok(ms >= 2_000 && ms <= 2_600, `snubbed after ${ms} ms`)
  })

  it('its pieces come from another, within seconds', () => {
    for (let seed = 910; seed < 915; seed++) {
      const simulation = new Simulation({ seed })
      let isSilent = false
      const tamper = (message: PeerMessage) => (isSilent ? undefined : message)
      const silent = simulation.add('silent', { holds: 'all', uplinkBytesPerSecond: 500_000, tamper })
      const good = simulation.add('good', { holds: 'all', uplinkBytesPerSecond: 500_000 })
      const host = simulation.add('host')
      host.input({ type: 'peersFound', addresses: [silent, good].map(addressOf) })
      simulation.runFor(300 + simulation.random.below(700))
      isSilent = true
      simulation.run(() => host.engine.isComplete)
      assert.ok(host.completedMs! < 7_500, `seed ${seed}: took ${host.completedMs} ms`)
      assert.deepEqual(host.bannedIds(), [], `seed ${seed}`)
    }
  })

  it('none is snubbed when it is our own way in that is full', () => {
    const simulation = new Simulation({ seed: 920, pieceCount: 24, pieceLengthBytes: 512 * 1024 })
    const peers = Array.from({ length: 8 }, (_, index) => simulation.add(`peer${index}`, { holds: 'all' }))
    // A block takes a third of a second, so that with many peers each one's turn comes after two seconds and more.
    const host = simulation.add('host', { downlinkBytesPerSecond: 50_000 })
    host.input({ type: 'peersFound', addresses: peers.slice(0, 2).map(addressOf) })
    simulation.run(() => host.engine.held.count >= 3)
    host.input({ type: 'peersFound', addresses: peers.map(addressOf) })
    const gapMs = longestGapMs(simulation, host, 400_000)
    assert.ok(gapMs > 2_000, `no peer was silent for longer than ${gapMs} ms: the test tests nothing`)
    const givenUp = host.sent('cancel').length
    assert.equal(givenUp, 0, `${givenUp} blocks were given up`)
  })
})

/** Runs until the host is done; the longest that a peer with blocks to send did not get through. */
function longestGapMs(simulation: Simulation, host: SimulatedPeer, deadlineMs: number): number {
  const lastMs = new Map<number, number>()
  let longest = 0
  const input = host.input.bind(host)
  host.input = (what) => {
    if (what.type === 'received' && what.message.type === 'piece') {
      longest = Math.max(longest, simulation.nowMs - (lastMs.get(what.connection) ?? simulation.nowMs))
      lastMs.set(what.connection, simulation.nowMs)
    }
    input(what)
  }
  simulation.run(() => host.engine.isComplete, deadlineMs)
  return longest
}
