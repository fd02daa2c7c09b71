import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CounterStore } from '../../../coordinator/counters/counter-store.ts'
import { WindowColumns } from '../../../coordinator/counters/window-columns.ts'
import { counterFixture, defaultKeep, windowOf } from '../../support/counter-fixture.ts'

const day = 86_400_000
const hour = 3_600_000
const startMs = Date.UTC(2026, 0, 1)

/** Count, sum and extremes of a counter of all hosts in the time. */
async function total(store: CounterStore, fromMs: number, toMs: number, stepMs = 10_000, name = 'took') {
  const columns = new WindowColumns(Math.ceil((toMs - fromMs) / stepMs))
  const counters = await store.counters({ name })
  await store.readSeries({ counters, fromMs, toMs, stepMs }, () => columns)
  const known = Array.from(columns.count.keys()).flatMap((index) => columns.at(index) ?? [])
  return {
    windows: known.length,
    count: known.reduce((sum, { count }) => sum + count, 0),
    sum: known.reduce((sum, window) => sum + window.sum, 0),
    sumOfSquares: known.reduce((sum, window) => sum + window.sumOfSquares, 0),
    min: Math.min(...known.map(({ min }) => min)),
    max: Math.max(...known.map(({ max }) => max)),
  }
}

describe('counter store', () => {
  it('answers with the newest windows first, by name, app, host and time', async () => {
    const { store, insert } = await counterFixture()
    await insert([
      windowOf({ startMs: startMs + 40 * 60_000, host: 'web-2' }, [4]),
      windowOf({ startMs }, [1, 2]),
      windowOf({ startMs: startMs + 10_000, app: '' }, [3]),
    ])
    const shown = (windows: { host: string; app: string; sum: number }[]) =>
      windows.map(({ host, app, sum }) => [host, app, sum])
    assert.deepEqual(shown(await store.read({})), [
      ['web-2', 'hello', 4],
      ['web-1', '', 3],
      ['web-1', 'hello', 3],
    ])
    assert.deepEqual(shown(await store.read({ app: 'hello', limit: 1 })), [['web-2', 'hello', 4]])
    assert.deepEqual(shown(await store.read({ host: 'web-1', app: '' })), [['web-1', '', 3]])
    assert.deepEqual(shown(await store.read({ fromMs: startMs + 1, toMs: startMs + 60_000 })), [['web-1', '', 3]])
    assert.deepEqual(await store.read({ host: 'none' }), [])
    assert.deepEqual(await store.read({ name: 'none' }), [])
  })

  it('keeps all figures the same, in whatever tier they lie and at whatever step they are read', async () => {
    const { store, insert, clock, sweep, reopen } = await counterFixture()
    const values = (index: number) => [index % 7, (index * 13) % 11, -index % 5]
    const windows = Array.from({ length: 2 * 8_640 }, (_, index) =>
      windowOf({ startMs: startMs + index * 10_000, host: `web-${index % 2}` }, values(index)),
    )
    for (let first = 0; first < windows.length; first += 2_000) await insert(windows.slice(first, first + 2_000))
    const read = async (of: CounterStore, stepMs: number) => total(of, startMs, startMs + 2 * day, stepMs)
    const before = await read(store, 10_000)
    assert.equal(before.windows, 17_280)
    clock.advance(day / 2)
    assert.ok((await sweep()) > 0)
    assert.deepEqual(await read(store, 10_000), before)
    clock.advance(3 * day)
    await sweep()
    const { windows: _, ...figures } = before
    for (const one of [store, (await reopen()).store]) {
      assert.deepEqual(await read(one, 10_000), before)
      assert.deepEqual(await read(one, 300_000), { ...figures, windows: 576 })
      assert.deepEqual(await read(one, hour), { ...figures, windows: 48 })
    }
    clock.advance(30 * day)
    await sweep()
    assert.deepEqual(
      (await store.rows.sizes()).map(({ tierId }) => tierId),
      [1, 2],
    )
    for (const one of [store, (await reopen()).store]) {
      assert.deepEqual(await read(one, 300_000), { ...figures, windows: 576 })
      assert.deepEqual(await read(one, hour), { ...figures, windows: 48 })
    }
  })

  it('adds what comes late to what is there, in every tier', async () => {
    const { store, insert, clock, sweep } = await counterFixture()
    await insert([windowOf({ startMs }, [1]), windowOf({ startMs: startMs + hour }, [5])])
    clock.advance(2 * day)
    await sweep()
    await insert([windowOf({ startMs }, [3]), windowOf({ startMs: startMs + 20_000 }, [9])])
    const expected = { count: 4, sum: 18, sumOfSquares: 1 + 9 + 25 + 81, min: 1, max: 9 }
    for (const again of [false, true]) {
      if (again) assert.ok((await sweep()) > 0)
      assert.deepEqual(await total(store, startMs, startMs + day), { ...expected, windows: 3 })
      assert.deepEqual(await total(store, startMs, startMs + day, 300_000), { ...expected, windows: 2 })
    }
    assert.equal(await sweep(), 0)
  })

  it('refuses what is older than what is kept, and says so', async () => {
    const { store, insert, clock, sweep } = await counterFixture()
    await insert([windowOf({ startMs })])
    clock.advance(15 * day)
    await sweep()
    await insert([windowOf({ startMs: startMs + hour }), windowOf({ startMs: startMs + 14 * day })])
    await sweep()
    assert.equal(store.refused.tooOld, 1)
    assert.equal((await total(store, startMs, startMs + day, 300_000)).count, 1)
    assert.equal((await total(store, startMs, startMs + 15 * day, 300_000)).count, 2)
  })

  it('takes no more series than it may', async () => {
    const { store, insert } = await counterFixture({ maxSeries: 3 })
    const windows = Array.from({ length: 5 }, (_, index) => windowOf({ startMs, name: `n${index}` }))
    await insert(windows)
    await insert(windows)
    assert.deepEqual([store.index.series, store.refused.overLimit], [3, 4])
    assert.equal((await store.read({})).length, 3)
  })

  it('keeps each tier for its time, and within its bytes', async () => {
    const keep = { ...defaultKeep, tenSecondsDays: 2, fiveMinutesDays: 40, hoursDays: 100 }
    const { store, insert, clock, sweep } = await counterFixture({ keep })
    const tiersKept = async () =>
      Object.fromEntries((await store.rows.sizes()).map(({ tierId, oldestMs }) => [tierId, oldestMs]))
    for (let past = 0; past < 150; past++) {
      const dayMs = startMs + past * day
      await insert([windowOf({ startMs: dayMs + hour })])
      clock.advance(day)
      await sweep()
    }
    const nowMs = startMs + 150 * day
    const kept = await tiersKept()
    assert.ok(kept[0]! >= nowMs - 4 * day, 'ten seconds')
    assert.ok(kept[1]! >= nowMs - 72 * day && kept[1]! < nowMs - 39 * day, 'five minutes')
    assert.ok(kept[2]! >= nowMs - 131 * day, 'hours')
    assert.equal((await total(store, nowMs - 100 * day, nowMs, hour)).count, 100)
  })

  it('lets the oldest of the finest go when all take too much', async () => {
    const keep = { ...defaultKeep, maxBytes: 2_000 }
    const { store, insert, clock, sweep } = await counterFixture({ keep })
    for (let past = 0; past < 8; past++) {
      const names = Array.from({ length: 10 }, (_, index) =>
        windowOf({ startMs: startMs + past * day, name: `n${index}` }),
      )
      await insert(names)
      clock.advance(day)
      await sweep()
    }
    const oldest = new Map((await store.rows.sizes()).map(({ tierId, oldestMs }) => [tierId, oldestMs]))
    assert.deepEqual([oldest.get(0), oldest.get(1)], [startMs + 7 * day, startMs])
  })

  it('loses nothing and takes nothing twice, however compacting, rolling up, late windows and crashes follow each other', async () => {
    const action = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ insert: fc.integer({ min: -40, max: 0 }), host: fc.nat(2), name: fc.nat(3) }),
      },
      { weight: 2, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 30 }) }) },
      { weight: 2, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.constant({ crash: true } as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 60 }), async (actions) => {
        let fixture = await counterFixture({ startMs: startMs + 2 * day })
        const expected = new Map<string, number>()
        let value = 0
        for (const one of actions) {
          if ('advance' in one) fixture.clock.advance(one.advance * hour)
          else if ('steps' in one) for (let left = one.steps; left > 0; left--) await fixture.step()
          else if ('crash' in one) fixture = await fixture.reopen()
          else {
            const atMs = fixture.clock.now() + one.insert * hour
            const name = `n${one.name}`
            value++
            await fixture.insert([windowOf({ startMs: atMs, host: `h${one.host}`, name }, [value])])
            expected.set(name, (expected.get(name) ?? 0) + value)
          }
        }
        const toMs = fixture.clock.now() + day
        // The first is no multiple of any coarser window.
        for (const stepMs of [hour + 10_000, 300_000, hour])
          for (const [name, sum] of expected)
            assert.equal((await total(fixture.store, startMs - day, toMs, stepMs, name)).sum, sum)
        await fixture.database.destroy()
      }),
      { numRuns: 30 },
    )
  })
})
