import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Capacity, grantHosts, type WaitingHost } from '../../../planning/capacity.ts'

const host = (name: string, ...pools: string[]): WaitingHost => ({ host: name, pools })

function capacity(
  changes: Partial<Capacity> & { readonly out?: Readonly<Record<string, readonly string[]>> },
): Capacity {
  const { out = {}, ...rest } = changes
  const outOfService = new Map(Object.entries(out).map(([pool, names]) => [pool, new Set(names)]))
  const none = { limits: {}, maxParallel: Number.POSITIVE_INFINITY, moving: [], down: new Set<string>() }
  return { ...none, outOfService, ...rest }
}

describe('granting capacity', () => {
  it('goes by the order until a pool is full, and lets others pass', () => {
    const waiting = [host('web-1', 'web'), host('web-2', 'web'), host('web-3', 'web'), host('api-1', 'api')]
    const { granted, blocked } = grantHosts(waiting, capacity({ limits: { web: 2, api: 1 } }))
    assert.deepEqual(granted, ['web-1', 'web-2', 'api-1'])
    assert.deepEqual([...blocked], [['web-3', 'pool web has 2 hosts out of service, of at most 2']])
  })

  it('counts what is out of service for any reason, and what it moves itself', () => {
    const waiting = [host('web-1', 'web'), host('web-2', 'web')]
    const dead = capacity({ limits: { web: 2 }, out: { web: ['dead'] } })
    assert.deepEqual(grantHosts(waiting, dead).granted, ['web-1'])
    const moving = capacity({ limits: { web: 2 }, moving: [host('web-0', 'web')], out: { web: ['web-0'] } })
    assert.deepEqual(grantHosts(waiting, moving).granted, ['web-1'])
  })

  it('takes nothing for a host that is down, but moves no more of them at once', () => {
    const waiting = [host('web-1', 'web'), host('web-2', 'web')]
    const out = { web: ['web-1', 'web-2', 'dead'] }
    const down = capacity({ limits: { web: 1 }, out, down: new Set(['web-1', 'web-2']) })
    assert.deepEqual(grantHosts(waiting, down).granted, ['web-1'])
  })

  it('needs room for a host that may be out of service, itself not counted', () => {
    const waiting = [host('web-1', 'web')]
    assert.deepEqual(grantHosts(waiting, capacity({ out: { web: ['web-1'] } })).granted, ['web-1'])
    assert.deepEqual(grantHosts(waiting, capacity({ out: { web: ['web-1', 'dead'] } })).granted, [])
  })

  it('asks every pool of a host', () => {
    const waiting = [host('both', 'web', 'api'), host('web-1', 'web')]
    const { granted, blocked } = grantHosts(waiting, capacity({ limits: { web: 1, api: 1 }, out: { api: ['dead'] } }))
    assert.deepEqual(granted, ['web-1'])
    assert.match(blocked.get('both')!, /^pool api has 1 /)
  })

  it('moves no more at once than the rollout may', () => {
    const waiting = [host('a-1', 'a'), host('b-1', 'b'), host('c-1', 'c')]
    const { granted, blocked } = grantHosts(waiting, capacity({ maxParallel: 2, moving: [host('d-1', 'd')] }))
    assert.deepEqual(granted, ['a-1'])
    assert.match(blocked.get('b-1')!, /^2 hosts are being activated/)
  })

  it('never takes a pool beyond its limit, and answers for every host', () => {
    const pools = ['a', 'b', 'c']
    const names = fc.uniqueArray(fc.nat(60).map((index) => `h${index}`))
    const limits = fc.record(Object.fromEntries(pools.map((pool) => [pool, fc.integer({ min: 1, max: 8 })])))
    const placed = names.chain((names) =>
      fc.tuple(...names.map((name) => fc.subarray(pools, { minLength: 1 }).map((pools) => host(name, ...pools)))),
    )
    const property = fc.property(
      placed,
      limits,
      fc.nat(100),
      fc.integer({ min: 1, max: 20 }),
      (hosts, limits, share, maxParallel) => {
        const isOut = hosts.filter((_, index) => (index * 37) % 101 < share / 4)
        const out = Object.fromEntries(
          pools.map((pool) => [pool, isOut.filter((host) => host.pools.includes(pool)).map(({ host }) => host)]),
        )
        const waiting = hosts.filter((host) => !isOut.includes(host))
        const { granted, blocked } = grantHosts(waiting, capacity({ limits, maxParallel, out }))
        assert.ok(granted.length <= maxParallel)
        assert.deepEqual(new Set([...granted, ...blocked.keys()]), new Set(waiting.map(({ host }) => host)))
        for (const pool of pools) {
          const taken = waiting.filter(({ host, pools }) => granted.includes(host) && pools.includes(pool)).length
          assert.ok(taken <= Math.max(0, limits[pool]! - out[pool]!.length), pool)
        }
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})
