import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { encodeBlock, readBlock } from '../../../coordinator/counters/block.ts'
import { namePattern } from '../../../coordinator/counters/name-pattern.ts'
import { PageWriter, readPage } from '../../../coordinator/counters/page.ts'
import { WindowColumns } from '../../../coordinator/counters/window-columns.ts'

/** A sum of nothing and -0 is 0. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const sums = fc.oneof(
  double.map((value) => ({ count: 1, sum: value, sumOfSquares: value * value, min: value, max: value })),
  fc.record({ count: fc.integer({ min: 2 }), sum: double, sumOfSquares: double, min: double, max: double }),
)

describe('pages and blocks of counters', () => {
  it('are read as they were written: blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 720 }), fc.array(fc.tuple(fc.nat(719), sums)), (length, windows) => {
        const columns = new WindowColumns(length)
        const expected = new Map(windows.filter(([index]) => index < length))
        for (const [index, { count, sum, sumOfSquares, min, max }] of expected)
          columns.add(index, count, sum, sumOfSquares, min, max)
        const read = new Map<number, object>()
        readBlock(encodeBlock(columns), (index, count, sum, sumOfSquares, min, max) =>
          read.set(index, { count, sum, sumOfSquares, min, max }),
        )
        assert.deepEqual(
          new Map([...read].sort()),
          new Map([...expected].map(([index, one]) => [index, plain(one)] as const).sort()),
        )
      }),
    )
  })

  it('are read as they were written: pages', () => {
    const ids = fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(1000), fc.nat(179))
    const entry = fc.record({ ids, sums })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), fc.boolean(), (entries, isShifted) => {
        const single = entries.filter(({ sums: { count } }) => count === 1)
        const several = entries.filter(({ sums: { count } }) => count !== 1)
        const writer = new PageWriter(several.length, single.length)
        for (const { ids: of, sums: one } of single) writer.addSingle(...of, one.sum)
        for (const { ids: of, sums: one } of several)
          writer.addSeveral(...of, one.count, one.sum, one.sumOfSquares, one.min, one.max)
        const data = writer.bytes
        // As a driver may hand it out: somewhere in a larger buffer.
        const shifted = isShifted ? new Uint8Array(new Uint8Array([0, ...data]).buffer, 1) : data
        const read = new Map<string, WindowColumns>()
        const expected = new Map<string, WindowColumns>()
        const columnsIn = (all: Map<string, WindowColumns>, key: string) => {
          const columns = all.get(key) ?? new WindowColumns(180)
          all.set(key, columns)
          return columns
        }
        for (const one of [...several, ...single]) {
          const [counterId, hostId, index] = one.ids
          const { count, sum, sumOfSquares, min, max } = one.sums
          columnsIn(expected, `${counterId} ${hostId}`).add(index, count, sum, sumOfSquares, min, max)
        }
        readPage(shifted, (counterId, hostId, index) => ({ columns: columnsIn(read, `${counterId} ${hostId}`), index }))
        assert.deepEqual(read, expected)
      }),
    )
  })

  it('take little room', () => {
    const columns = new WindowColumns(180)
    for (let index = 0; index < 180; index++) columns.add(index, 40, 40, 40, 1, 1)
    assert.ok(encodeBlock(columns).length < 100)
  })
})

function plain({
  count,
  sum,
  sumOfSquares,
  min,
  max,
}: {
  count: number
  sum: number
  sumOfSquares: number
  min: number
  max: number
}) {
  return { count, sum, sumOfSquares, min, max }
}

describe('patterns of counter names', () => {
  const cases: [pattern: string, matching: string[], other: string[]][] = [
    ['web.requests', ['web.requests', 'web.requests;code=200'], ['web.request', 'web.requests.x']],
    ['web.*', ['web.requests', 'web.x;a=b'], ['web', 'web.a.b']],
    ['fetch_*', ['fetch_bytes'], ['unpack_ms']],
    ['web.**', ['web.a', 'web.a.b', 'web'], ['api.a']],
    ['**.count', ['count', 'a.count', 'a.b.count'], ['a.counts']],
    ['web.{get,post}.h?t[sx-z]', ['web.get.hits', 'web.post.hotx'], ['web.put.hits', 'web.get.hita']],
    ['web.hits;code=2*', ['web.hits;code=200', 'web.hits;a=b;code=201'], ['web.hits', 'web.hits;code=500']],
    ['*;env={live,test}', ['a;env=live'], ['a;env=dev', 'a.b;env=live']],
  ]
  for (const [pattern, matching, other] of cases)
    it(`${pattern} means what it says`, () => {
      const matches = namePattern(pattern)!
      assert.deepEqual(
        matching.filter((name) => !matches(name)),
        [],
      )
      assert.deepEqual(
        other.filter((name) => matches(name)),
        [],
      )
    })

  it('that are none are none', () => {
    for (const pattern of ['a{b', 'a}b', 'a[b', 'x;y', `{${'a,'.repeat(200)}}`])
      assert.equal(namePattern(pattern), undefined, pattern)
  })

  it('take no long time, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab*?.{},[];=') }), (pattern) => {
        namePattern(pattern)?.('a.b.a.b;a=b')
      }),
    )
    const matches = namePattern(`${'*a'.repeat(100)}b`)!
    assert.equal(matches('a'.repeat(250)), false)
    assert.equal(namePattern(`${'**.'.repeat(8)}b`)!('a.'.repeat(100)), false)
  })
})
