import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FairShares } from '../../../swarm/bandwidth/fair-shares.ts'
import { bandwidthLimits } from '../../../swarm/bandwidth/limits.ts'
import { TokenBucket } from '../../../swarm/bandwidth/token-bucket.ts'
import { ZoneCaps } from '../../../swarm/bandwidth/zone-caps.ts'

const always = () => true

describe('token buckets', () => {
  it('let through their rate, however long the takings are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 128 * 1024 }), { minLength: 50, maxLength: 300 }),
        fc.integer({ min: 10_000, max: 100_000_000 }),
        (takings, rate) => {
          const bucket = new TokenBucket(rate, 0)
          let nowMs = 0
          for (const bytes of takings) {
            nowMs = bucket.readyAtMs(nowMs)
            assert.ok(bucket.isReady(nowMs + 1e-6))
            bucket.take(bytes, nowMs)
          }
          const total = takings.reduce((sum, bytes) => sum + bytes, 0)
          const burst = Math.max(64 * 1024, rate / 10)
          assert.ok(nowMs >= ((total - burst - takings.at(-1)!) / rate) * 1000 - 1)
          assert.ok(nowMs <= (total / rate) * 1000 + takings.length)
        },
      ),
    )
  })

  it('forgive what was overdrawn when the rate changes, and keep it when it does not', () => {
    const bucket = TokenBucket.at(1_000_000, undefined, 0)!
    bucket.take(10_000_000, 0)
    assert.equal(TokenBucket.at(1_000_000, bucket, 0), bucket)
    assert.equal(bucket.isReady(0), false)
    TokenBucket.at(1_000, bucket, 0)
    assert.equal(bucket.isReady(0), true)
    assert.equal(TokenBucket.at(undefined, bucket, 0), undefined)
  })
})

describe('fair shares', () => {
  const block = (bytes: number, lane?: string) => ({ bytes, lane })

  it('give owners the same number of bytes, whatever they have waiting and however long it is', () => {
    const blocks = fc.constantFrom(1_000, 16_384, 40_000, 131_072)
    fc.assert(
      fc.property(fc.array(blocks, { minLength: 2, maxLength: 8 }), (lengths) => {
        const shares = new FairShares()
        const owners = lengths.map((bytes) => ({ bytes, sent: 0 }))
        for (const owner of owners) for (let i = 0; i < 4_000; i++) shares.add(owner, block(owner.bytes))
        for (let sent = 0; sent < 1_500_000 * owners.length; ) {
          const next = shares.next(always)!
          const owner = next.owner as (typeof owners)[number]
          owner.sent += next.item.bytes
          sent += next.item.bytes
        }
        const sent = owners.map((owner) => owner.sent)
        assert.ok(Math.max(...sent) - Math.min(...sent) <= 2 * 131_072, `sent ${sent}`)
      }),
    )
  })

  it('pass over who is held up, and let it have no more than the others afterwards', () => {
    const shares = new FairShares()
    const [held, free] = [{}, {}]
    for (let i = 0; i < 100; i++) {
      shares.add(held, block(16_384))
      shares.add(free, block(16_384))
    }
    for (let i = 0; i < 50; i++) assert.equal(shares.next((owner) => owner === free)!.owner, free)
    const later = Array.from({ length: 40 }, () => shares.next(always)!.owner)
    const share = later.filter((owner) => owner === held).length
    assert.ok(share >= 12 && share <= 28, `${share} of 40`)
    assert.equal(
      shares.next(() => false),
      undefined,
    )
  })

  it('keep the order within a lane, and let one lane pass another that is held up', () => {
    const shares = new FairShares<{ bytes: number; lane: string | undefined; name: string }>()
    const owner = {}
    for (const [name, lane] of [['far 1', 'far'], ['near 1'], ['near 2'], ['far 2', 'far']] as const)
      shares.add(owner, { name, lane, bytes: 1 })
    const near = (_owner: object, lane: string | undefined) => lane === undefined
    assert.equal(shares.next(near)!.item.name, 'near 1')
    assert.equal(shares.next(near)!.item.name, 'near 2')
    assert.equal(shares.next(near), undefined)
    assert.equal(shares.next(always)!.item.name, 'far 1')
    shares.remove(owner)
    assert.ok(shares.isEmpty)
  })
})

describe('caps by zone', () => {
  it('never hold for our own zone or for who says nothing, and share what is not named', () => {
    const caps = new ZoneCaps('fra')
    caps.set({ fra: 1, ams: 2, '*': 3 }, 0)
    assert.equal(caps.bucketOf('fra'), undefined)
    assert.equal(caps.bucketOf(undefined), undefined)
    assert.equal(caps.bucketOf('ams')!.bytesPerSecond, 2)
    assert.equal(caps.bucketOf('lon'), caps.bucketOf('par'))
    caps.set({ ams: 2 }, 0)
    assert.equal(caps.bucketOf('lon'), undefined)
  })

  it('are bytes a second of what a configuration says in Mbit/s', () => {
    assert.deepEqual(bandwidthLimits({ uploadMbitPerSecond: 8, zoneMbitPerSecond: { '*': 80 } }), {
      uploadBytesPerSecond: 1_000_000,
      downloadBytesPerSecond: undefined,
      perZone: { '*': 10_000_000 },
    })
  })
})
