import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HaveNews } from '../../../swarm/engine/have-news.ts'
import { bitfieldOf, CoreFixture, pieces } from './engine-fixture.ts'

const pieceCount = 80

describe('news of pieces', () => {
  it('go to our own peers several at once: each eighth of the fetch, and at the end', () => {
    const fixture = new CoreFixture({ pieceCount })
    const peer = fixture.connect()
    const news = new HaveNews(fixture.core)
    for (let piece = 0; piece < pieceCount; piece++) news.add(pieces(piece)[0]!, piece)
    const heard = fixture.sentTo(peer)
    assert.equal(heard.length, 8)
    const told = heard.flatMap((message) => (message.type === 'haves' ? message.pieces : []))
    assert.deepEqual(told, [...new Array(pieceCount).keys()])
  })

  it('do not wait long: a timer is armed with the first', () => {
    const fixture = new CoreFixture({ pieceCount })
    const peer = fixture.connect()
    const news = new HaveNews(fixture.core)
    news.add(pieces(5)[0]!, 100)
    assert.deepEqual(fixture.sentTo(peer), [])
    assert.equal(fixture.core.timers.nextMs, 1_100)
    news.tellAll()
    assert.deepEqual(fixture.sentTo(peer), [{ type: 'have', piece: 5 }])
    news.tellAll()
    assert.equal(fixture.sentTo(peer).length, 1)
  })

  it('one that decides what to send hears all at once, and nothing twice', () => {
    const fixture = new CoreFixture({ pieceCount })
    const [sender, other] = [fixture.connect(), fixture.connect()]
    const news = new HaveNews(fixture.core)
    for (const piece of pieces(1, 2, 3)) news.add(piece, 0)
    news.tell(sender)
    news.add(pieces(4)[0]!, 0)
    news.tellAll()
    assert.deepEqual(fixture.sentTo(sender), [
      { type: 'haves', pieces: [1, 2, 3] },
      { type: 'have', piece: 4 },
    ])
    assert.deepEqual(fixture.sentTo(other), [{ type: 'haves', pieces: [1, 2, 3, 4] }])
  })

  it('who comes later is told only what came after', () => {
    const fixture = new CoreFixture({ pieceCount })
    const news = new HaveNews(fixture.core)
    for (const piece of pieces(1, 2)) news.add(piece, 0)
    const late = fixture.connect()
    news.onConnected(late)
    news.add(pieces(3)[0]!, 0)
    news.tellAll()
    assert.deepEqual(fixture.sentTo(late), [{ type: 'have', piece: 3 }])
  })

  it('other clients hear of each piece at once, but not of those that they hold', () => {
    const fixture = new CoreFixture({ pieceCount })
    const foreign = fixture.connect({ speaksOffers: false, has: bitfieldOf(pieceCount, [2]) })
    const news = new HaveNews(fixture.core)
    for (const piece of pieces(1, 2, 3)) news.add(piece, 0)
    assert.deepEqual(fixture.sentTo(foreign), [
      { type: 'have', piece: 1 },
      { type: 'have', piece: 3 },
    ])
  })
})
