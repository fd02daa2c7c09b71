import assert from 'node:assert/strict'
import { it } from 'node:test'
import { whoMakesRoom } from '../../../swarm/engine/room-policy.ts'
import { CoreFixture } from './engine-fixture.ts'

function connected(...hosts: readonly string[]) {
  const fixture = new CoreFixture({ pieceCount: 4 })
  return hosts.map((host) => fixture.connect({ host } as object))
}

it('nobody leaves while no host has more than half of the places', () => {
  assert.equal(whoMakesRoom(connected('a', 'a', 'b', 'c'), 'd', 4), undefined)
})

it('of a host that has more, the newest that has brought nothing leaves, else the newest', () => {
  const crowd = connected('a', 'b', 'a', 'a')
  crowd[3]!.hasSentBlock = true
  assert.equal(whoMakesRoom(crowd, 'd', 4), crowd[2])
  for (const connection of crowd) connection.hasSentBlock = true
  assert.equal(whoMakesRoom(crowd, 'd', 4), crowd[3])
})

it('a host makes no room for itself', () => {
  assert.equal(whoMakesRoom(connected('a', 'a', 'a', 'b'), 'a', 4), undefined)
})
