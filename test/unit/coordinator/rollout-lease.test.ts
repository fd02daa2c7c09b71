import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leaseMs, RolloutLease } from '../../../coordinator/locks/lease.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { systemRandom } from '../../../runtime/random.ts'

/** Two coordinators over one store. */
async function pair() {
  const clock = new ManualClock()
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const dependencies = { database, clock, random: systemRandom, logger: silentLogger() }
  return { clock, database, one: new RolloutLease(dependencies), two: new RolloutLease(dependencies) }
}

describe('rollout lease', () => {
  it('is one coordinator’s until it is released', async () => {
    const { one, two } = await pair()
    assert.equal(await one.acquire('hello', 'r1'), true)
    assert.equal(await two.acquire('hello', 'r2'), false)
    assert.equal(await two.acquire('other', 'r3'), true)
    await two.release('hello', 'r1')
    assert.equal(await two.acquire('hello', 'r2'), false)
    await one.release('hello', 'r1')
    assert.equal(await two.acquire('hello', 'r2'), true)
  })

  it('goes to exactly one of many that ask at once', async () => {
    const { one, two } = await pair()
    const asked = Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).acquire('hello', `r${index}`))
    assert.equal((await Promise.all(asked)).filter(Boolean).length, 1)
  })

  it('is taken over when it runs out, and the one before is told when it renews', async () => {
    const { clock, one, two } = await pair()
    await one.acquire('hello', 'r1')
    clock.advance(leaseMs - 1)
    assert.equal(await one.renew('hello', 'r1'), true)
    clock.advance(leaseMs - 1)
    assert.equal(await two.acquire('hello', 'r2'), false)
    clock.advance(1)
    assert.equal(await two.acquire('hello', 'r2'), true)
    assert.equal(await one.renew('hello', 'r1'), false)
  })

  it('is taken over at once for the same rollout, as after a restart', async () => {
    const { one, two } = await pair()
    await one.acquire('hello', 'r1')
    assert.equal(await two.acquire('hello', 'r1'), true)
    assert.equal(await one.renew('hello', 'r1'), false)
  })

  it('fails closed', async () => {
    const { one, database } = await pair()
    await one.acquire('hello', 'r1')
    await database.destroy()
    assert.equal(await one.acquire('hello', 'r1'), false)
    assert.equal(await one.renew('hello', 'r1'), false)
    await one.release('hello', 'r1')
  })
})
