import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lockFixture } from '../../support/lock-fixture.ts'

const open = { breakGlass: false }
const broken = { breakGlass: true }

describe('start gate', () => {
  it('refuses a held app, all apps when all are held, and nobody else', async () => {
    const { gate } = await lockFixture()
    const hold = await gate.hold({ app: 'hello', reason: 'db migration', by: 'ann' })
    assert.equal(await gate.refusal('hello', open), 'hello is held by ann: db migration')
    assert.equal(await gate.refusal('other', open), null)
    await gate.hold({ app: null, reason: 'outage' })
    assert.equal(await gate.refusal('other', open), 'every app is held by an operator: outage')
    await gate.release(hold.id)
    assert.equal(await gate.refusal('hello', open), 'every app is held by an operator: outage')
    await gate.releaseApp(null)
    assert.equal(await gate.refusal('hello', open), null)
  })

  it('takes several holds of an app, and is open when the last is gone', async () => {
    const { gate } = await lockFixture()
    const [first] = [await gate.hold({ app: 'hello', reason: 'one' }), await gate.hold({ app: 'hello', reason: 'two' })]
    await gate.release(first.id)
    assert.match((await gate.refusal('hello', open)) ?? '', /two$/)
    assert.equal((await gate.releaseApp('hello')).length, 1)
    assert.equal(await gate.refusal('hello', open), null)
  })

  it('names what is not there to release', async () => {
    const { gate } = await lockFixture()
    await assert.rejects(gate.release('h-none'), { code: 'NOT_FOUND' })
    const { id } = await gate.hold({ app: null, reason: 'outage' })
    await assert.rejects(gate.releaseApp('hello'), {
      code: 'NOT_FOUND',
      message: `nobody holds hello; a hold on all apps is ${id}`,
    })
  })

  it('tells of every hold, release and expiry, with who and why', async () => {
    const { gate, clock, events, changed } = await lockFixture()
    await gate.start()
    const { id } = await gate.hold({ app: 'hello', reason: 'lunch', by: 'ann', untilMs: clock.now() + 5_000 })
    assert.deepEqual(await changed(), ['hello'])
    clock.advance(5_000)
    assert.equal(await gate.refusal('hello', open), null)
    assert.deepEqual(await changed(), ['hello'])
    assert.deepEqual(
      events.map(({ type, app }) => [type, app]),
      [
        ['lock.held', 'hello'],
        ['lock.released', 'hello'],
      ],
    )
    assert.equal(events[0]!.data.reason, 'lunch')
    assert.deepEqual(events[1]!.data, { id, app: 'hello', reason: 'lunch', by: 'rookery', expired: true })
    await assert.rejects(gate.hold({ app: 'hello', reason: 'late', untilMs: clock.now() }), { code: 'REQUEST_INVALID' })
    await gate.stop()
  })

  it('keeps a hold over a restart, and sees within a minute what another coordinator released', async () => {
    const { gate, newGate, clock, changed } = await lockFixture()
    const { id } = await gate.hold({ app: 'hello', reason: 'x', by: 'ann' })
    await gate.start()
    await changed()
    const other = newGate(2)
    assert.match((await other.refusal('hello', open)) ?? '', /held by ann/)
    await other.release(id)
    clock.advance(60_000)
    assert.deepEqual(await changed(), ['hello'])
    await gate.stop()
  })

  it('is frozen and thaws by itself, for the apps of the window', async () => {
    const window = { name: 'lunch', apps: ['hello'], timeZone: 'UTC', from: '2026-01-01T00:10', to: '2026-01-01T01:00' }
    const { gate, clock, changed } = await lockFixture([window])
    await gate.start()
    assert.equal(await gate.refusal('hello', open), null)
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(60_000)
      // A look at the gate is what arms its next timer.
      await gate.refusal('hello', open)
      await new Promise(setImmediate)
    }
    assert.deepEqual(await changed(), ['hello'])
    const sentence = 'freeze window lunch is active until 2026-01-01T01:00:00.000Z'
    assert.equal(await gate.refusal('hello', open), sentence)
    assert.equal(await gate.refusal('other', open), null)
    assert.equal(await gate.refusal('hello', broken), null)
    assert.equal(gate.listFreezes()[0]!.active, true)
    await gate.stop()
  })

  it('stops the line only when it is told to', async () => {
    const { gate } = await lockFixture()
    const stops: unknown[] = []
    gate.onStop((reason, app) => stops.push([reason, app]))
    await gate.hold({ app: null, reason: 'a', by: 'ann' })
    assert.deepEqual(stops, [])
    await gate.hold({ app: null, reason: 'b', by: 'ann', stopRunning: true })
    assert.deepEqual(stops, [['every app is held by ann: b', null]])
  })

  it('breaks the glass over holds, but not over a silent store', async () => {
    const { gate, database } = await lockFixture()
    await gate.hold({ app: 'hello', reason: 'x' })
    assert.equal(await gate.refusal('hello', broken), null)
    await database.destroy()
    await assert.rejects(gate.refusal('hello', broken))
    await assert.rejects(gate.refusal('hello', open))
  })
})
