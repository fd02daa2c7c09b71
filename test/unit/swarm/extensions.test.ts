import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import bencode from 'bencode'
import fc from 'fast-check'
import {
  decodeExtended,
  decodeHello,
  encodeExchange,
  encodeOfferMessage,
  extensionNames,
} from '../../../swarm/wire/extensions.ts'
import { WireViolation } from '../../../swarm/wire/frame-reader.ts'
import type { PeerMessage } from '../../../swarm/wire/messages.ts'

/** Ours, under which we take them. */
const [offerNumber, exchangeNumber] = [1, 2]
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })

function frame(number: number, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(6 + content.length)
  bytes.writeUInt32BE(2 + content.length, 0)
  bytes[4] = 20
  bytes[5] = number
  bytes.set(content, 6)
  return bytes
}

const hello = (content: object) => decodeHello(frame(0, bencode.encode(content)))
const exchange = (content: object) =>
  decodeExtended(frame(exchangeNumber, bencode.encode(content))) as PeerMessage & { type: 'exchange' }

describe('rk_offer', () => {
  it('messages come back as they were, under whatever number the peer takes them', () => {
    const message = fc.oneof(
      fc.record({ type: fc.constant('offer' as const), piece: uint32 }),
      fc.record({
        type: fc.constant('decline' as const),
        piece: uint32,
        hasRoom: fc.boolean(),
        coming: fc.array(uint32, { maxLength: 16 }),
      }),
      fc.record({ type: fc.constant('ready' as const) }),
    )
    fc.assert(
      fc.property(message, fc.integer({ min: 1, max: 255 }), (sent, number) => {
        const bytes = Buffer.from(encodeOfferMessage(sent, number))
        assert.equal(bytes.readUInt32BE(0), bytes.length - 4)
        assert.equal(bytes[5], number)
        bytes[5] = offerNumber
        assert.deepEqual(decodeExtended(bytes), { ...sent })
      }),
    )
  })

  it('names no more than 16 pieces as coming', () => {
    const coming = [...new Array(40).keys()]
    const bytes = encodeOfferMessage({ type: 'decline', piece: 7, hasRoom: true, coming }, offerNumber)
    assert.deepEqual(decodeExtended(bytes), { type: 'decline', piece: 7, hasRoom: true, coming: coming.slice(0, 16) })
  })

  it('of a wrong kind or length is refused', () => {
    const wrong = [[], [3], [0], [0, 0, 0, 0], [0, 0, 0, 0, 1, 9], [2, 0], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1, 1, 0]]
    for (const content of [...wrong, [1, 0, 0, 0, 1, 1, ...new Array(4 * 17).fill(0)]])
      assert.throws(() => decodeExtended(frame(offerNumber, Uint8Array.from(content))), WireViolation, `${content}`)
  })

  it('any bytes are a message, another extension’s, or refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 90 }), (number, content) => {
        try {
          decodeExtended(frame(number, content))
        } catch (error) {
          assert.ok(error instanceof WireViolation, String(error))
        }
      }),
    )
  })
})

describe('ut_pex', () => {
  it('carries addresses of both families, and says who is gone', () => {
    const message: PeerMessage & { type: 'exchange' } = {
      type: 'exchange',
      added: ['10.0.0.1:6881', '[2001:db8::1]:6882'],
      dropped: ['10.0.0.2:80', '[::1]:81'],
    }
    assert.deepEqual(decodeExtended(encodeExchange(message, exchangeNumber)), message)
  })

  it('has a flag for each address, as BEP 11 asks', () => {
    const bytes = encodeExchange({ type: 'exchange', added: ['10.0.0.1:1', '10.0.0.2:2'], dropped: [] }, 9)
    const content = bencode.decode(bytes.subarray(6)) as Record<string, Uint8Array>
    assert.equal(content['added.f']!.length, 2)
    assert.equal(content['added6.f']!.length, 0)
  })

  it('takes only so many addresses from one message', () => {
    const added = Uint8Array.from({ length: 6 * 1_000 }, (_, at) => (at % 6 === 3 ? Math.floor(at / 6) % 256 : 1))
    assert.equal(exchange({ added }).added.length, 200)
  })

  it('what is missing or of another type names nobody', () => {
    for (const content of [{}, { added: 5, dropped: [] }, { added: { a: 1 } }, [1, 2]])
      assert.deepEqual(exchange(content), { type: 'exchange', added: [], dropped: [] })
  })

  it('that is not bencoded is refused', () => {
    for (const content of ['', 'x', 'd5:added', 'd5:addedi1e'])
      assert.throws(() => decodeExtended(frame(exchangeNumber, Buffer.from(content))), WireViolation, content)
  })
})

describe('the extended handshake', () => {
  it('of a private torrent does not name ut_pex', () => {
    assert.deepEqual(Object.values(extensionNames(true)), ['rk_offer'])
    assert.deepEqual(Object.values(extensionNames(false)).sort(), ['rk_offer', 'ut_pex'])
  })

  it('tells what the peer takes, and where it is', () => {
    assert.deepEqual(hello({ m: { rk_offer: 4, ut_pex: 5 }, p: 6881, reqq: 300, rk_zone: 'a', rk_rack: 'a1' }), {
      type: 'hello',
      listenPort: 6881,
      maxRequests: 300,
      numbers: { rk_offer: 4, ut_pex: 5 },
      speaksOffers: true,
      takesAddresses: true,
      zone: 'a',
      rack: 'a1',
    })
  })

  it('number 0 takes an extension back (BEP 10)', () => {
    const { speaksOffers, takesAddresses } = hello({ m: { rk_offer: 0, ut_pex: 256 } })
    assert.ok(!speaksOffers && !takesAddresses)
  })

  it('ports and labels that cannot be are as if they were not there', () => {
    for (const p of [0, -1, 65_536, 'x']) assert.equal(hello({ p }).listenPort, undefined)
    for (const label of ['', 'z'.repeat(65), 5, ['a']]) assert.equal(hello({ rk_zone: label }).zone, undefined)
  })

  it('with extensions that have no number, or not bencoded, is refused', () => {
    for (const m of [{ ut_pex: 'two' }, { rk_offer: [1] }])
      assert.throws(() => hello({ m }), WireViolation, JSON.stringify(m))
    assert.throws(() => decodeHello(frame(0, Buffer.from('nonsense'))), WireViolation)
  })
})
