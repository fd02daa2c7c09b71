import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { Allowance } from '../../../swarm/io/allowance.ts'
import { Doorway, doorwayLimits, type Visitor } from '../../../swarm/io/doorway.ts'

const open = { ...doorwayLimits, arrivals: { perSecond: 1_000, burst: 10_000 } }

function doorway(limits: Partial<typeof doorwayLimits>) {
  const clock = new ManualClock()
  const door = new Doorway({ ...open, ...limits }, clock)
  const dropped: string[] = []
  const enter = (host: string, name = host): Visitor | undefined => {
    const visitor = door.enter(host, () => {
      dropped.push(name)
      visitor?.left()
    })
    return visitor
  }
  return { clock, door, dropped, enter }
}

describe('the doorway', () => {
  it('lets in so many in all and so many of one address, and again once some have left', () => {
    const { enter, door } = doorway({ maxConnections: 5, maxPerAddress: 3 })
    const visitors = Array.from({ length: 4 }, () => enter('10.0.0.1'))
    for (const visitor of visitors) visitor?.introduced()
    assert.deepEqual(visitors.map(Boolean), [true, true, true, false])
    assert.ok(enter('10.0.0.2') && enter('10.0.0.3'))
    assert.equal(enter('10.0.0.4'), undefined)
    visitors[0]!.left()
    visitors[0]!.left()
    assert.equal(door.connections, 4)
    assert.ok(enter('10.0.0.1'))
    assert.equal(enter('10.0.0.4'), undefined)
  })

  it('makes room for newcomers by the oldest that has not introduced itself, never by one that has', () => {
    const { enter, dropped, door } = doorway({ maxUnintroduced: 3, maxUnintroducedPerAddress: 2 })
    enter('10.0.0.1', 'served')?.introduced()
    for (const host of ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']) enter(host)
    assert.deepEqual(dropped, ['10.0.0.2'])
    assert.equal(door.unintroduced, 3)
    assert.ok(enter('10.0.0.5'))
    assert.equal(enter('10.0.0.5'), undefined, 'two of an address')
    door.close()
    assert.equal(door.unintroduced, 0)
    assert.equal(door.connections, 1)
  })

  it('lets an address knock so often a second, and remembers only so many addresses', () => {
    const { enter, clock } = doorway({ arrivals: { perSecond: 10, burst: 20 } })
    const knock = () => {
      const visitor = enter('10.0.0.1')
      visitor?.left()
      return visitor !== undefined
    }
    assert.equal(Array.from({ length: 100 }, knock).filter(Boolean).length, 20)
    clock.advance(500)
    assert.equal(Array.from({ length: 100 }, knock).filter(Boolean).length, 5)
    for (let host = 0; host < 20_000; host++) enter(`10.1.${host >> 8}.${host & 255}`)?.left()
    clock.advance(60_000)
    assert.ok(knock())
  })
})

describe('an allowance', () => {
  it('has a burst, is refilled by time up to it, and takes back', () => {
    const clock = new ManualClock()
    const allowance = new Allowance({ perSecond: 100, burst: 10 }, clock)
    assert.ok(allowance.take(10))
    assert.equal(allowance.take(1), false)
    allowance.giveBack(3)
    assert.ok(allowance.take(3))
    clock.advance(50)
    assert.equal(allowance.take(6), false)
    assert.ok(allowance.take(5))
    clock.advance(50)
    assert.equal(allowance.isFull, false)
    clock.advance(10_000)
    assert.ok(allowance.isFull)
    assert.equal(allowance.take(11), false)
  })
})
