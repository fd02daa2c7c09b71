import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Bitfield } from '../../swarm/engine/bitfield.ts'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { appear, boundMs, createFleet, runUntilDone } from './scenario.ts'
import { addressOf, type SimulatedPeer, Simulation } from './simulation.ts'

const pieceCount = 96

/** Pieces that at least one of them holds. */
function piecesOf(hosts: readonly SimulatedPeer[]): Bitfield {
  const pieces = new Bitfield(pieceCount)
  for (const { engine } of hosts) for (const piece of engine.held.indexes()) pieces.set(piece)
  return pieces
}

describe('hosts that are lost in the simulator', () => {
  for (const seed of [501, 502]) {
    it(`a third dies in the middle, then the seeder: all others finish (seed ${seed})`, () => {
      const fleet = createFleet(24, { seed, pieceCount })
      const { simulation, seeder, hosts } = fleet
      appear(fleet)
      const [lost, left] = [hosts.slice(0, 8), hosts.slice(8)]
      simulation.runFor(0.3 * boundMs(fleet))
      for (const host of lost) simulation.after(simulation.random.next() * 0.4 * boundMs(fleet), () => host.kill())
      simulation.run(() => lost.every(({ isUp }) => !isUp) && piecesOf(left).isFull)
      seeder.kill()
      runUntilDone(simulation, left)
    })
  }

  it('without the seeder they spread what is out, and end when it is back', () => {
    const seed = 511
    const fleet = createFleet(12, { seed, pieceCount })
    const { simulation, seeder, hosts } = fleet
    appear(fleet)
    simulation.run(() => piecesOf(hosts).count >= pieceCount / 2)
    seeder.kill()
    const out = piecesOf(hosts).count
    simulation.run(() => hosts.every(({ engine }) => engine.held.count >= out))
    simulation.runFor(30_000)
    assert.ok(hosts.every(({ engine }) => !engine.isComplete))
    seeder.restart()
    seeder.input({ type: 'peersFound', addresses: hosts.map(addressOf) })
    runUntilDone(simulation, hosts)
  })

  it('a piece that one of them was sending is taken from who gets it later, though nobody offers it', () => {
    for (let seed = 520; seed < 525; seed++) {
      const simulation = new Simulation({ seed })
      const others = Array.from({ length: simulation.size.pieceCount }, (_, piece) => piece).filter(
        (piece) => piece !== 7,
      )
      const silent = (message: PeerMessage) => (message.type === 'piece' ? undefined : message)
      const sender = simulation.add('sender', { holds: [7], tamper: silent })
      const middle = simulation.add('middle', { holds: others })
      const host = simulation.add('host')
      host.input({ type: 'peersFound', addresses: [addressOf(sender)] })
      simulation.run(() => host.sent('request').length > 0)
      host.input({ type: 'peersFound', addresses: [addressOf(middle)] })
      simulation.run(() => host.engine.held.count === others.length)
      const isExpected = host.sent('decline').some((said) => said.type === 'decline' && said.coming.includes(7))
      assert.ok(isExpected, `seed ${seed}: nobody was told that the piece comes: the test tests nothing`)
      sender.kill()
      simulation.runFor(10_000)
      const seeder = simulation.add('seeder', { holds: 'all' })
      middle.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
      simulation.run(() => middle.engine.isComplete)
      simulation.run(() => host.engine.isComplete, 1_000)
    }
  })
})
