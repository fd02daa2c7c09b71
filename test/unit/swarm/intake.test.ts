import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Intake } from '../../../swarm/engine/intake.ts'
import { seederPeerIdPrefix } from '../../../swarm/identifiers.ts'
import { CoreFixture, pieces } from './engine-fixture.ts'

const since = { sinceMs: 0, deliveredBefore: 0 }

/** An intake with so many pieces on their way from the first connection. */
function withComing(coming: number, maxInMemory = 50) {
  const fixture = new CoreFixture({ pieceCount: 64 })
  const peer = fixture.connect()
  const intake = new Intake(fixture.core, maxInMemory)
  for (let piece = 0; piece < coming; piece++) fixture.core.pieces.start(pieces(piece)[0]!, peer.id, false, since)
  return { fixture, intake, peer }
}

describe('which offered pieces are taken', () => {
  it('three at once at first', () => {
    assert.ok(withComing(2).intake.hasRoomFor(withComing(2).peer, 0))
    const { intake, peer } = withComing(3)
    assert.ok(!intake.hasRoomFor(peer, 0))
  })

  it('the seeder is turned away only when three more are under way', () => {
    const { fixture, intake } = withComing(5)
    const seeder = fixture.connect({}, seederPeerIdPrefix)
    assert.ok(intake.hasRoomFor(seeder, 0))
    const full = withComing(6)
    assert.ok(!full.intake.hasRoomFor(full.fixture.connect({}, seederPeerIdPrefix), 0))
  })

  it('nobody has room when the memory is full, not even the seeder', () => {
    const { fixture, intake } = withComing(2, 2)
    assert.ok(!intake.hasRoomFor(fixture.connect({}, seederPeerIdPrefix), 0))
    assert.ok(!intake.hasRoomFor(fixture.connect({ isFar: true }), 0))
  })

  it('pieces from other zones have two places of their own', () => {
    const { fixture, intake } = withComing(3)
    const far = fixture.connect({ isFar: true, zone: 'b' })
    for (const piece of pieces(10, 11)) {
      assert.ok(intake.hasRoomFor(far, 0))
      fixture.core.pieces.start(piece, far.id, false, since)
    }
    assert.ok(!intake.hasRoomFor(far, 0))
  })

  it('invites the one turned away last, once and only when there is room', () => {
    const { fixture, intake, peer } = withComing(3)
    const [early, late, gone] = [fixture.connect(), fixture.connect(), fixture.connect()]
    for (const connection of [early, late, gone]) assert.ok(!intake.hasRoomFor(connection, 0))
    intake.onDisconnect(gone)
    intake.invite(0)
    assert.equal(fixture.outputs.length, 0)
    fixture.core.pieces.abandon(pieces(0)[0]!)
    intake.invite(0)
    assert.deepEqual(fixture.sentTo(late), [{ type: 'ready' }])
    intake.invite(0)
    assert.deepEqual(fixture.sentTo(early), [{ type: 'ready' }])
    intake.invite(0)
    assert.equal(fixture.outputs.length, 2)
    assert.deepEqual([...fixture.sentTo(peer), ...fixture.sentTo(gone)], [])
  })

  it('it is idle when nothing comes, or only what is slow', () => {
    assert.ok(withComing(0).intake.isIdle(0))
    const { intake } = withComing(2)
    assert.ok(!intake.isIdle(0))
    assert.ok(intake.isIdle(60_000))
  })
})
