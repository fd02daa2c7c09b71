import Wire from 'bittorrent-protocol'
import { Bitfield } from '../engine/bitfield.ts'
import type { PieceIndex } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import { isPiece } from '../storage/piece-hash.ts'
import type { WebSeed } from '../web-seed/web-seed.ts'

/** Nobody's peer id: webtorrent wants one of everybody it talks to. */
const peerId = Buffer.from('-RW0100-web-seed----', 'latin1').toString('hex')

/**
 * Our web seeds as webtorrent wants to see one: a peer that has everything, without a socket. It ends with the first
 * piece that cannot be had, so that peers may be asked for that again.
 */
export class WebSeedConnection extends Wire {
  readonly connId = 'web seeds'
  readonly #metainfo: Metainfo
  readonly #webSeed: WebSeed
  readonly #ended = new AbortController()

  constructor(metainfo: Metainfo, webSeed: WebSeed) {
    super()
    this.#metainfo = metainfo
    this.#webSeed = webSeed
    this.on('handshake', (infoHash) => {
      this.handshake(infoHash, peerId)
      this.bitfield(Bitfield.full(metainfo.pieceCount).bytes)
    })
    this.on('interested', () => this.unchoke())
    this.on('request', (piece, offset, length, respond) => {
      this.#piece(piece as PieceIndex).then(
        (bytes) => respond(null, bytes.subarray(offset, offset + length)),
        () => this.destroy(),
      )
    })
    this.on('close', () => this.#ended.abort(new Error('the connection was closed')))
  }

  async #piece(piece: PieceIndex): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(pieceLength(this.#metainfo, piece))
    await this.#webSeed.fetch(piece, (offset, data) => bytes.set(data, offset), this.#ended.signal)
    if (isPiece(this.#metainfo, piece, bytes)) return bytes
    this.#webSeed.distrust(piece)
    throw new Error(`piece ${piece} of a web seed does not verify`)
  }
}
