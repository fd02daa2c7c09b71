import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../runtime/random.ts'
import { createPeerId, type InfoHash } from '../../swarm/identifiers.ts'
import { WireViolation } from '../../swarm/wire/frame-reader.ts'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { PeerWire } from '../../swarm/wire/peer-wire.ts'

const infoHash = '0123456789abcdef0123456789abcdef01234567' as InfoHash
const pieceCount = 100
const random = seededRandom(1)

interface Side {
  readonly wire: PeerWire
  readonly received: PeerMessage[]
  readonly out: Uint8Array[]
}

function side(): Side {
  const received: PeerMessage[] = []
  const out: Uint8Array[] = []
  const options = {
    ownPeerId: createPeerId('-RA0100-', random),
    listenPort: 7_000,
    maxRequests: 250,
    clientName: 'test',
  }
  const wire = new PeerWire(options, {
    write: (bytes) => out.push(bytes.slice()),
    onFrame: () => {},
    onHandshake: (hash) => wire.greet({ infoHash: hash, pieceCount, isPrivate: false }),
    onMessage: (message) => received.push(kept(message)),
  })
  return { wire, received, out }
}

/** Bytes are valid only during the call. */
function kept(message: PeerMessage): PeerMessage {
  if (message.type === 'piece') return { ...message, data: message.data.slice() }
  return message.type === 'bitfield' ? { ...message, bits: message.bits.slice() } : message
}

/** Two wires that have introduced themselves. */
function pair(): [Side, Side] {
  const [a, b] = [side(), side()]
  a.wire.greet({ infoHash, pieceCount, isPrivate: false })
  for (let round = 0; round < 3; round++) {
    for (const bytes of a.out.splice(0)) b.wire.receive(bytes)
    for (const bytes of b.out.splice(0)) a.wire.receive(bytes)
  }
  a.received.length = 0
  b.received.length = 0
  return [a, b]
}

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })
const range = fc.record({ piece: uint32, offset: uint32, length: uint32 })
const message = fc.oneof(
  fc.constantFrom<PeerMessage>({ type: 'haveAll' }, { type: 'haveNone' }, { type: 'keepAlive' }),
  uint32.map((piece): PeerMessage => ({ type: 'have', piece })),
  fc.uint8Array({ minLength: 13, maxLength: 13 }).map((bits): PeerMessage => ({ type: 'bitfield', bits })),
  range.map((fields): PeerMessage => ({ type: 'request', ...fields })),
  range.map((fields): PeerMessage => ({ type: 'cancel', ...fields })),
  range.map((fields): PeerMessage => ({ type: 'reject', ...fields })),
  fc
    .record({ piece: uint32, offset: uint32, data: fc.uint8Array({ minLength: 1, maxLength: 16_384 }) })
    .map((fields): PeerMessage => ({ type: 'piece', ...fields })),
)

function send(from: Side, told: PeerMessage): void {
  if (told.type !== 'piece') return from.wire.send(told as never)
  from.out.push(from.wire.blockHeader({ ...told, length: told.data.length }), told.data)
}

/** A `have` is said once: the library passes over repetitions. */
function withoutRepeatedHaves(messages: PeerMessage[]): PeerMessage[] {
  const seen = new Set<number>()
  return messages.filter((told) => told.type !== 'have' || (!seen.has(told.piece) && seen.add(told.piece)))
}

describe('the peer wire', () => {
  it('gives back what was sent, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40_000 })),
        (told, cuts) => {
          const messages = withoutRepeatedHaves(told).filter(({ type }) => type !== 'haveAll')
          const [a, b] = pair()
          for (const each of messages) send(a, each)
          const bytes = Buffer.concat(a.out)
          for (let at = 0; at < bytes.length; ) {
            const length = cuts.next().value as number
            b.wire.receive(bytes.subarray(at, at + length))
            at += length
          }
          assert.deepEqual(b.received.map(plain), messages.map(plain))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('byte by byte is the same as all at once', () => {
    const messages: PeerMessage[] = [
      { type: 'bitfield', bits: new Uint8Array(13).fill(0xaa) },
      { type: 'unchoke' },
      { type: 'interested' },
      { type: 'request', piece: 1, offset: 16_384, length: 16_384 },
      { type: 'piece', piece: 1, offset: 16_384, data: seededRandom(2).bytes(16_384) },
      { type: 'have', piece: 99 },
      { type: 'choke' },
    ]
    const [a, b] = pair()
    for (const told of messages) send(a, told)
    for (const byte of Buffer.concat(a.out)) b.wire.receive(Uint8Array.of(byte))
    assert.deepEqual(b.received.map(plain), messages.map(plain))
  })

  it('10,000 malformed inputs end in a violation or are passed over, and never in anything else', () => {
    const noise = seededRandom(3)
    let violations = 0
    for (let round = 0; round < 10_000; round++) {
      const isGreeted = round % 4 !== 0
      const target = isGreeted ? pair()[1] : side()
      try {
        for (let chunk = 0; chunk < 3; chunk++) target.wire.receive(malformed(noise, isGreeted))
      } catch (error) {
        assert.ok(error instanceof WireViolation, `round ${round}: ${String(error)}`)
        violations++
      }
    }
    assert.ok(violations > 5_000)
  })

  it('refuses extended handshakes that would hang or break the library', () => {
    for (const content of [
      'l-3:',
      'd1:md1:ad8:toStringi1eeee',
      'd1:mi1e',
      'i5',
      '',
      'd1:m2:ab',
      `${'l'.repeat(5_000)}`,
    ]) {
      const [, b] = pair()
      const body = Buffer.concat([Buffer.from([20, 0]), Buffer.from(content)])
      const frame = Buffer.concat([Buffer.from([0, 0, body.length >> 8, body.length & 0xff]), body])
      assert.throws(() => b.wire.receive(frame), WireViolation, content)
    }
  })

  it('takes no frame longer than a torrent can need', () => {
    const [, b] = pair()
    assert.throws(() => b.wire.receive(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 5)), WireViolation)
    assert.throws(() => side().wire.receive(Buffer.from('GET / HTTP/1.1\r\n\r\n')), WireViolation)
  })
})

function malformed(noise: ReturnType<typeof seededRandom>, isGreeted: boolean): Uint8Array {
  const length = noise.below(200)
  if (!isGreeted) {
    const bytes = Buffer.concat([Buffer.from('\x13BitTorrent protocol', 'latin1'), noise.bytes(60 + length)])
    if (noise.below(2) === 0) bytes[noise.below(20)]! ^= 1 << noise.below(8)
    return bytes
  }
  // Half of them have a length that fits, so that what is inside gets looked at.
  const body = noise.bytes(1 + length)
  body[0] = noise.below(24)
  const stated = noise.below(2) === 0 ? body.length : noise.below(100_000)
  return Buffer.concat([Buffer.from([0, stated >> 16, (stated >> 8) & 0xff, stated & 0xff]), body])
}

function plain(told: PeerMessage): unknown {
  return Object.fromEntries(
    Object.entries(told).map(([key, value]) => [
      key,
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ]),
  )
}
