import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { byNaturalOrder } from '../../../planning/order/natural-order.ts'
import { orderHosts } from '../../../planning/order/order.ts'
import type { FleetHost } from '../../../planning/plan.ts'
import { type OrderName, orderNames } from '../../../planning/policy.ts'
import { anyFleet, anyMixedFleet, fleet, host } from './fleet-fixture.ts'

const ordered = (hosts: readonly FleetHost[], order: OrderName, seed = 0) =>
  orderHosts(hosts, { order, seed }).map((entry) => entry.host)
const names = (hosts: readonly FleetHost[]) => hosts.map(({ name }) => name).join(' ')

/** How many of the first t hosts are of the pool, for t from 0. */
function prefixCounts(hosts: readonly FleetHost[], pool: string): number[] {
  const counts = [0]
  for (const { pools } of hosts) counts.push(counts.at(-1)! + (pools[0] === pool ? 1 : 0))
  return counts
}

/** What `spread` promises: the share of every pool in every prefix and in every window. */
function assertSpread(hosts: readonly FleetHost[]): void {
  const total = hosts.length
  for (const pool of new Set(hosts.map(({ pools }) => pools[0]!))) {
    const counts = prefixCounts(hosts, pool)
    const size = counts[total]!
    for (let end = 1; end <= total; end++) {
      const share = (size * end) / total
      const where = `${pool} (${size} of ${total})`
      assert.ok(Math.floor(share) <= counts[end]! && counts[end]! <= Math.ceil(share), `${where} in the first ${end}`)
      for (let start = 0; start < end; start++) {
        const width = end - start
        const most = Math.ceil((size * width) / total) + 1
        if (counts[end]! - counts[start]! > most) assert.fail(`${where}: more than ${most} from ${start} to ${end}`)
      }
    }
  }
}

describe('order: spread', () => {
  it('spreads every pool evenly over every window', () => {
    fc.assert(
      fc.property(anyFleet, fc.nat(), (hosts, seed) => assertSpread(ordered(hosts, 'spread', seed))),
      { numRuns: 300 },
    )
  })

  it('spreads fleets that are hard to spread', () => {
    const singles = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`s${index}-`, 1]))
    const hard: Record<string, number>[] = [
      { a: 100, b: 60, c: 30, d: 10 },
      { a: 1, b: 199 },
      { a: 97, b: 101, c: 103 },
      { a: 120, ...singles },
      { a: 64, b: 32, c: 16, d: 8, e: 4, f: 2, g: 1, h: 1 },
      { a: 6, b: 10, c: 15, d: 29 },
    ]
    for (const sizes of hard) {
      for (const seed of [0, 1, 2]) assertSpread(ordered(fleet(sizes), 'spread', seed))
    }
  })

  it('counts a host of several pools in the first', () => {
    const hosts = fleet({ a: 20, b: 10 }).map((entry) => ({ ...entry, pools: [...entry.pools, 'everybody'] }))
    assertSpread(ordered(hosts, 'spread'))
  })

  it('lets the seed decide who goes first', () => {
    const firsts = new Set(
      Array.from({ length: 50 }, (_, seed) => ordered(fleet({ a: 5, b: 5 }), 'spread', seed)[0]!.name),
    )
    assert.equal(firsts.size, 10)
  })

  it('keeps the others of a pool in their order when a host comes or goes', () => {
    fc.assert(
      fc.property(anyFleet, fc.nat(), fc.nat(), (hosts, seed, which) => {
        const gone = hosts[which % Math.max(1, hosts.length)]
        const pool = ordered(hosts, 'spread', seed).filter((entry) => entry.pools[0] === gone?.pools[0])
        const others = ordered(
          hosts.filter((entry) => entry !== gone),
          'spread',
          seed,
        )
        assert.equal(
          names(pool.filter((entry) => entry !== gone)),
          names(others.filter((entry) => entry.pools[0] === gone?.pools[0])),
        )
      }),
    )
  })
})

describe('order: rollingpin', () => {
  it('takes one host of each pool, the largest pool first, then interleaves', () => {
    const small = fleet({ c: 2, b: 3, a: 6 })
    assert.equal(names(ordered(small, 'rollingpin')), 'a1 b1 c1 a2 a3 a4 b2 a5 a6 b3 c2')
    const equal = fleet({ a: 5, b: 5 })
    assert.equal(names(ordered(equal, 'rollingpin')), 'a1 b1 a2 a3 a4 a5 b2 b3 b4 b5')
  })

  it('sorts names as people do', () => {
    assert.match(names(ordered(fleet({ a: 11 }), 'rollingpin', 7)), /^a1 a2 a3 .* a9 a10 a11$/)
  })
})

describe('order: zone', () => {
  const hosts = ['z10', 'z2', null, 'z1'].flatMap((zone) =>
    fleet({ a: 9, b: 4 }).map((entry) => ({ ...entry, name: `${entry.name}-${zone}`, zone })),
  )

  it('ends one zone before the next, by name, and hosts without one last', () => {
    const zones = ordered(hosts, 'zone').map(({ zone }) => zone)
    const expected = ['z1', 'z2', 'z10', null].flatMap((zone) => Array.from({ length: 13 }, () => zone))
    assert.deepEqual(zones, expected)
  })

  it('spreads the pools inside each zone', () => {
    const result = ordered(hosts, 'zone', 3)
    for (let start = 0; start < result.length; start += 13) assertSpread(result.slice(start, start + 13))
  })
})

describe('every order', () => {
  it('has each host once, and says why', () => {
    fc.assert(
      fc.property(anyMixedFleet, fc.constantFrom(...orderNames), fc.nat(), (hosts, order, seed) => {
        const result = orderHosts(hosts, { order, seed })
        assert.deepEqual(new Set(result.map((entry) => entry.host)), new Set(hosts))
        assert.equal(result.length, hosts.length)
        for (const { why } of result) assert.match(why, /\d(st|nd|rd|th) of /)
      }),
    )
  })

  it('depends on hosts and seed only, not on how the hosts are given; but for list', () => {
    const seeded = fc.constantFrom<OrderName>('spread', 'rollingpin', 'zone')
    const fleets = anyMixedFleet.chain((hosts) =>
      fc.tuple(fc.constant(hosts), fc.shuffledSubarray(hosts, { minLength: hosts.length })),
    )
    fc.assert(
      fc.property(fleets, seeded, fc.nat(), ([hosts, shuffled], order, seed) => {
        assert.deepEqual(orderHosts(hosts, { order, seed }), orderHosts(shuffled, { order, seed }))
      }),
    )
  })

  it('says why in words', () => {
    const hosts = [...fleet({ web: 12 }), host('api1', 'api', { zone: 'eu' })]
    const why = (order: OrderName, index: number) => orderHosts(hosts, { order, seed: 0 })[index]?.why
    assert.equal(why('list', 11), '12th of the list')
    assert.equal(why('zone', 0), "api's 1st of 1, spread over zone eu")
    assert.equal(why('zone', 2), "web's 2nd of 12, spread over the hosts without a zone")
    assert.equal(why('rollingpin', 1), "api's 1st of 1, one of each pool goes first")
    assert.equal(why('spread', 0), "web's 1st of 12, spread over all")
  })
})

describe('natural order', () => {
  it('puts numbers by their value', () => {
    const sorted = ['a', 'a1', 'a02', 'a2', 'a2b', 'a10', 'a10-1', 'a10-9', 'b1', 'z-00009', 'z-10']
    fc.assert(
      fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (names) => {
        assert.deepEqual(names.sort(byNaturalOrder), sorted)
      }),
    )
  })

  it('is total', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'B', '-', '0', '1', '12', '٣'), maxLength: 6 })
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        assert.equal(Math.sign(byNaturalOrder(a, b)) + Math.sign(byNaturalOrder(b, a)), 0)
        assert.equal(byNaturalOrder(a, b) === 0, a === b)
        if (byNaturalOrder(a, b) < 0 && byNaturalOrder(b, c) < 0) assert.ok(byNaturalOrder(a, c) < 0)
      }),
      { numRuns: 1000 },
    )
  })
})
