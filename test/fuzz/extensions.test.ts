import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import bencode from 'bencode'
import fc from 'fast-check'
import { seededRandom } from '../../runtime/random.ts'
import { checkBencode } from '../../swarm/metainfo/bencode-check.ts'
import { decodeCompact, encodeCompact, parseAddress } from '../../swarm/wire/compact-address.ts'
import {
  decodeExtended,
  decodeHello,
  encodeExchange,
  encodeOfferMessage,
  isOfferFrame,
} from '../../swarm/wire/extensions.ts'
import { WireViolation } from '../../swarm/wire/frame-reader.ts'
import { messageIds } from '../../swarm/wire/message-ids.ts'
import { frame } from '../support/hostile-peer.ts'
import { mutated, noise } from '../support/mutations.ts'

const addresses = ['10.0.0.1:6881', '[2001:db8::1]:51413', '192.0.2.7:1']
const hello = bencode.encode({
  m: { rk_offer: 1, ut_pex: 2, ut_metadata: 3 },
  p: 6881,
  reqq: 250,
  v: 'somebody',
  rk_zone: 'a',
  rk_rack: 'r1',
  yourip: new Uint8Array(4),
})
const samples: readonly Uint8Array[] = [
  frame(messageIds.extended, Buffer.concat([Buffer.from([0]), hello])),
  encodeExchange({ type: 'exchange', added: addresses, dropped: addresses.slice(1) }, 2),
  encodeOfferMessage({ type: 'offer', piece: 7 }, 1),
  encodeOfferMessage({ type: 'decline', piece: 7, hasRoom: true, coming: [1, 2, 3] }, 1),
  encodeOfferMessage({ type: 'ready' }, 1),
  encodeOfferMessage({ type: 'received', piece: 0xffff_ffff }, 1),
]

describe('malformed extended messages', () => {
  it('10,000 are read or are violations', () => {
    const random = seededRandom(31)
    let refused = 0
    for (let round = 0; round < 10_000; round++) {
      const sample = samples[round % samples.length]!
      const bytes = Buffer.concat([sample.subarray(0, 5), mutated(sample.subarray(5), random)])
      try {
        const message = bytes[5] === 0 ? decodeHello(bytes) : decodeExtended(bytes)
        isOfferFrame(bytes)
        if (message?.type === 'exchange') assert.ok(message.added.length <= 400 && message.dropped.length <= 400)
        if (message?.type === 'hello') assert.ok((message.zone?.length ?? 0) <= 64)
      } catch (error) {
        assert.ok(error instanceof WireViolation, `round ${round}: ${String(error)}`)
        refused++
      }
    }
    assert.ok(refused > 1_000 && refused < 9_900, `${refused} were refused`)
  })
})

describe('malformed bencode', () => {
  it('10,000 damaged values are refused, or mean what they meant when they are written again', () => {
    const random = seededRandom(32)
    const values = [
      hello,
      bencode.encode([1, 'a', { b: [] }]),
      bencode.encode({ a: { b: { c: new Uint8Array(300) } } }),
    ]
    let read = 0
    for (let round = 0; round < 10_000; round++) {
      const bytes = mutated(values[round % values.length]!, random)
      try {
        checkBencode(bytes)
      } catch (error) {
        assert.match(String(error), /at byte \d+$/, `round ${round}`)
        continue
      }
      read++
      const value = bencode.decode(bytes)
      assert.deepEqual(bencode.decode(bencode.encode(value)), value, `round ${round}`)
    }
    assert.ok(read > 100)
  })

  it('lengths and depths that no machine has are refused at once', () => {
    const startMs = performance.now()
    for (const text of [
      '99999999999999999999:',
      '9007199254740991:a',
      `${'l'.repeat(1_000_000)}`,
      `i${'9'.repeat(1_000_000)}e`,
      'd'.repeat(100_000),
    ])
      assert.throws(() => checkBencode(Buffer.from(text)), /at byte/)
    assert.ok(performance.now() - startMs < 1_000)
  })
})

describe('malformed addresses', () => {
  it('10,000 runs of bytes give only addresses that can be dialled, and come back', () => {
    const random = seededRandom(33)
    for (let round = 0; round < 10_000; round++) {
      const family = round % 2 === 0 ? 4 : 6
      const decoded = decodeCompact(noise(random, 200), family)
      for (const address of decoded) assert.ok(parseAddress(address), address)
      const { ipv4, ipv6 } = encodeCompact(decoded)
      assert.deepEqual(decodeCompact(family === 4 ? ipv4 : ipv6, family), decoded)
    }
  })

  it('any text is an address with a host and a port, or none', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[[\]:.%a-f0-9-]{0,40}$/), fc.constantFrom(...addresses))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        for (const each of texts) {
          const parsed = parseAddress(each)
          if (parsed) assert.ok(parsed.host !== '' && parsed.port > 0 && parsed.port < 65_536)
        }
        encodeCompact(texts)
      }),
      { numRuns: 10_000 },
    )
  })
})
