import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../runtime/random.ts'
import type { Connection } from '../../../swarm/engine/connection.ts'
import { offerFar } from '../../../swarm/engine/far-policy.ts'
import { rarestToNeediest } from '../../../swarm/engine/offer-policy.ts'
import { RarestOrder } from '../../../swarm/engine/rarest-order.ts'
import type { PieceIndex } from '../../../swarm/identifiers.ts'
import { bitfieldOf, CoreFixture } from './engine-fixture.ts'

const pieceCount = 20
const all = [...new Array(pieceCount).keys()]

/** All pieces, those named as common held by others. */
function orderOf(common: readonly number[] = []): RarestOrder {
  const order = new RarestOrder(pieceCount, seededRandom(2))
  for (const piece of common) order.increase(piece as PieceIndex)
  return order
}

/** A neighbour that holds these pieces of ours. */
function lacking(fixture: CoreFixture, held: readonly number[], changes: Partial<Connection> = {}): Connection {
  return fixture.connect({ has: bitfieldOf(pieceCount, held), lackCount: pieceCount - held.length, ...changes })
}

function choose(fixture: CoreFixture, order = orderOf(), rack?: string, nowMs = 0) {
  const { core, random } = fixture
  return rarestToNeediest({ rack, connections: core.connections.values(), order, random, nowMs })
}

describe('what is offered next', () => {
  it('the neediest gets the rarest piece that it lacks', () => {
    const fixture = new CoreFixture({ pieceCount })
    lacking(fixture, all.slice(0, 10))
    const neediest = lacking(fixture, [3])
    // 7 is on its way to it; 12 is the rarest but for that and the one that it holds.
    neediest.coming.set(7)
    const choice = choose(fixture, orderOf(all.filter((piece) => ![3, 7, 12].includes(piece))))
    assert.equal(choice?.connection, neediest)
    assert.equal(choice?.piece, 12)
  })

  it('nobody is offered anything who is busy or far, lacks nothing or does not know offers', () => {
    const fixture = new CoreFixture({ pieceCount })
    for (const changes of [{ busyUntilMs: 5 }, { isFar: true }, { lackCount: 0 }, { speaksOffers: false }])
      lacking(fixture, [], changes)
    assert.equal(choose(fixture), undefined)
    assert.ok(choose(fixture, orderOf(), undefined, 5), 'the busy one is asked again in time')
  })

  it('one that gets nothing from us comes before one that lacks more and does', () => {
    const fixture = new CoreFixture({ pieceCount })
    lacking(fixture, [], { grants: new Map([[0 as PieceIndex, {} as never]]) })
    const waiting = lacking(fixture, all.slice(0, 15))
    assert.equal(choose(fixture)?.connection, waiting)
  })

  it('our rack comes first, unless it is much better off', () => {
    const fixture = new CoreFixture({ pieceCount })
    const next = lacking(fixture, [0, 1], { rack: 'r1' })
    const other = lacking(fixture, [], { rack: 'r2' })
    assert.equal(choose(fixture, orderOf(), 'r1')?.connection, next)
    next.lackCount = 2
    assert.equal(choose(fixture, orderOf(), 'r1')?.connection, other)
  })
})

describe('what goes to another zone', () => {
  const patienceMs = 1_000
  const offer = (connections: Iterable<Connection>, nowMs = 0, order = orderOf()) =>
    offerFar({ connections, order, nowMs, patienceMs })

  it('all senders find the same host for a piece, and other pieces another host', () => {
    const fixture = new CoreFixture({ pieceCount })
    const zone = Array.from({ length: 5 }, () => lacking(fixture, [], { isFar: true, zone: 'b' }))
    const receivers = all.map((piece) => {
      const order = orderOf(all.filter((other) => other !== piece))
      const [first, second] = [offer(zone, 0, order), offer(zone.toReversed(), 0, order)]
      assert.equal(first?.piece, piece)
      assert.equal(first?.connection, second?.connection)
      return first?.connection
    })
    assert.ok(new Set(receivers).size >= 4, 'nearly all go to the same host')
  })

  it('a piece that somebody there holds or gets does not cross again', () => {
    const fixture = new CoreFixture({ pieceCount })
    const [holder, getter] = [
      lacking(fixture, all.slice(0, 10), { isFar: true, zone: 'b' }),
      lacking(fixture, [], { isFar: true, zone: 'b' }),
    ]
    for (const piece of all.slice(10)) getter!.coming.set(piece)
    assert.equal(offer([holder!, getter!]), undefined)
  })

  it('a zone that has got nothing for long takes what it lacks at any host', () => {
    const fixture = new CoreFixture({ pieceCount })
    const zone = [
      lacking(fixture, all, { isFar: true, zone: 'b' }),
      lacking(fixture, [], { isFar: true, zone: 'b', busyUntilMs: 0 }),
    ]
    assert.equal(offer(zone, patienceMs - 1), undefined)
    assert.equal(offer(zone, patienceMs)?.connection, zone[1])
  })

  it('near ones, and those that do not know offers, are none of its business', () => {
    const fixture = new CoreFixture({ pieceCount })
    lacking(fixture, [])
    lacking(fixture, [], { isFar: true, zone: 'b', speaksOffers: false })
    assert.equal(offer(fixture.core.connections.values(), patienceMs), undefined)
  })
})
