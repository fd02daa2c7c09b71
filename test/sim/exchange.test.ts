import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressOf, type NodeOptions, Simulation } from './simulation.ts'

/** A swarm where all know the seeder, and a host that knows one of them. */
function join(seed: number, options: NodeOptions) {
  const simulation = new Simulation({ seed, pieceCount: 24 })
  const seeder = simulation.add('seeder', { ...options, holds: 'all', uplinkBytesPerSecond: 100_000 })
  const hosts = [0, 1, 2, 3].map((index) => simulation.add(`host${index}`, options))
  for (const host of hosts) host.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
  const late = simulation.add('late', options)
  late.input({ type: 'peersFound', addresses: [addressOf(hosts[0]!)] })
  return { simulation, seeder, hosts, late }
}

describe('peer exchange in the simulator', () => {
  it('a host that knows one peer finds the others, and finishes', () => {
    const { simulation, hosts, late } = join(601, { takesAddresses: true })
    simulation.run(() => late.engine.peerCount === hosts.length + 1)
    simulation.run(() => [...hosts, late].every((host) => host.engine.isComplete))
  })

  it('a host keeps whom it found when the one that told it dies', () => {
    const { simulation, hosts, late } = join(602, { takesAddresses: true })
    simulation.run(() => late.engine.peerCount > 1)
    hosts[0]!.kill()
    assert.ok(!late.engine.isComplete)
    simulation.run(() => late.engine.isComplete)
  })

  it('who did not ask for addresses is told none', () => {
    const { simulation, hosts, seeder, late } = join(603, {})
    simulation.runFor(30_000)
    for (const peer of [...hosts, seeder, late]) assert.equal(peer.sent('exchange').length, 0)
    assert.ok(late.log.filter((output) => output.type === 'dial').length <= 2)
  })
})
