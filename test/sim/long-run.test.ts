import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '../../runtime/random.ts'
import { Bitfield } from '../../swarm/engine/bitfield.ts'
import type { EngineOutput } from '../../swarm/engine/contract.ts'
import { Engine } from '../../swarm/engine/engine.ts'
import { createPeerId } from '../../swarm/identifiers.ts'
import type { PeerMessage } from '../../swarm/wire/messages.ts'

const pieceCount = 32
const pieceLengthBytes = 16 * 1024

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function usedBytes(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** A host that holds half, and meets one peer after the other. */
class Veteran {
  readonly #random = seededRandom(1_101)
  readonly #engine: Engine
  #connection = 0
  #nowMs = 0

  constructor() {
    const held = new Bitfield(pieceCount)
    for (let piece = 0; piece < pieceCount; piece += 2) held.set(piece)
    const size = { pieceCount, pieceLengthBytes, totalBytes: pieceCount * pieceLengthBytes }
    const ownPeerId = createPeerId('-RA0100-', this.#random)
    this.#engine = new Engine({ size, held, ownPeerId, zone: 'a' }, { random: this.#random })
  }

  get peerCount(): number {
    return this.#engine.peerCount
  }

  get heldCount(): number {
    return this.#engine.held.count
  }

  get nextTimeoutMs(): number {
    return this.#engine.nextTimeoutMs - this.#nowMs
  }

  /** Somebody comes, is offered and offers pieces, names others, and goes at any moment. */
  meetOne(): void {
    const connection = ++this.#connection
    const host = `10.${connection >> 16}.${(connection >> 8) & 255}.${connection & 255}`
    const peerId = createPeerId('-RA0100-', this.#random)
    this.#input({ type: 'connected', connection, peerId, host, address: undefined, isFast: true })
    const zone = this.#random.below(2) === 0 ? 'a' : 'b'
    const script: PeerMessage[] = [
      { type: 'hello', listenPort: 6881, speaksOffers: this.#random.below(4) > 0, takesAddresses: true, zone },
      { type: 'haveNone' },
      { type: 'offer', piece: 1 + 2 * this.#random.below(pieceCount / 2) },
      { type: 'exchange', added: [`${host}:1`, `${host}:2`], dropped: [] },
      { type: 'request', piece: 0, offset: 0, length: pieceLengthBytes },
      { type: 'interested' },
      { type: 'decline', piece: 2, hasRoom: false, coming: [4, 6] },
    ]
    for (const message of script.slice(0, 1 + this.#random.below(script.length))) {
      this.#input({ type: 'received', connection, message })
      this.#pass(this.#random.below(60))
    }
    this.#input({ type: 'disconnected', connection })
  }

  /** Lets time pass, with every timeout that falls due. */
  #pass(ms: number): void {
    const untilMs = this.#nowMs + ms
    while (this.#engine.nextTimeoutMs <= untilMs) {
      this.#nowMs = Math.max(this.#nowMs, this.#engine.nextTimeoutMs)
      this.#input({ type: 'timeout' })
    }
    this.#nowMs = untilMs
  }

  #input(input: Parameters<Engine['handle']>[0]): void {
    this.#engine.handle(input, this.#nowMs)
    for (let output = this.#engine.nextOutput(); output; output = this.#engine.nextOutput()) this.#answer(output)
  }

  /** Blocks leave at once; nobody is where it dials. */
  #answer(output: EngineOutput): void {
    if (output.type === 'sendBlock')
      this.#engine.handle({ type: 'blockSent', connection: output.connection, length: output.length }, this.#nowMs)
    if (output.type === 'dial') this.#engine.handle({ type: 'dialFailed', address: output.address }, this.#nowMs)
  }
}

describe('a long run', () => {
  it('thousands that come and go leave nothing behind', () => {
    const veteran = new Veteran()
    const meet = (count: number) => {
      for (let met = 0; met < count; met++) veteran.meetOne()
    }
    // Until the addresses that are remembered are as many as ever.
    meet(1_000)
    const before = usedBytes()
    meet(2_000)
    const grown = usedBytes() - before
    assert.equal(veteran.peerCount, 0)
    assert.equal(veteran.heldCount, pieceCount / 2)
    assert.ok(veteran.nextTimeoutMs > -1, 'a timer is overdue')
    assert.ok(grown < 2_000 * 50, `seed 1101: ${grown} bytes more after 2,000 peers`)
  })
})
