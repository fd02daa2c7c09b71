import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import bencode from 'bencode'
import fc from 'fast-check'
import { RookeryError } from '../../runtime/errors.ts'
import { seededRandom } from '../../runtime/random.ts'
import { checkBencode } from '../../swarm/metainfo/bencode-check.ts'
import { parseMetainfo } from '../../swarm/metainfo/metainfo.ts'
import { SwarmAuthority } from '../support/swarm-authority.ts'

const { certificate } = await SwarmAuthority.create()
const torrent = bencode.encode({
  announce: 'http://tracker.example/announce',
  info: {
    name: 'tree',
    'piece length': 16_384,
    pieces: new Uint8Array(40),
    'ssl-cert': certificate,
    files: [
      { length: 20_000, path: ['a', 'b'] },
      { length: 100, path: ['a', 'c'], attr: 'x' },
    ],
  },
})

describe('malformed torrents', () => {
  it('10,000 damaged ones are read or refused with TORRENT_INVALID', () => {
    const random = seededRandom(4)
    for (let round = 0; round < 10_000; round++) {
      const bytes = torrent.slice(0, random.below(4) === 0 ? random.below(torrent.length) : torrent.length)
      for (let change = random.below(4); change >= 0 && bytes.length > 0; change--) {
        const digits = Buffer.from('0123456789-:eidl')
        bytes[random.below(bytes.length)] =
          random.below(2) === 0 ? random.below(256) : digits[random.below(digits.length)]!
      }
      try {
        parseMetainfo(bytes)
      } catch (error) {
        assert.ok(error instanceof RookeryError && error.code === 'TORRENT_INVALID', `round ${round}: ${String(error)}`)
      }
    }
  })

  it('noise is never bencode that hangs or crashes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          checkBencode(bytes)
        } catch (error) {
          assert.ok(error instanceof Error)
          return
        }
        bencode.decode(bytes)
      }),
      { numRuns: 5_000 },
    )
  })

  it('whatever is encoded passes the check', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 6 },
        fc.maxSafeInteger(),
        fc.uint8Array({ maxLength: 30 }),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z0-9 ]{1,8}$/), tie('any'), { maxKeys: 4 }),
      ),
    })).any
    fc.assert(
      fc.property(value, (any) => {
        const encoded = bencode.encode(any)
        assert.doesNotThrow(() => checkBencode(encoded))
      }),
      { numRuns: 1_000 },
    )
  })
})
