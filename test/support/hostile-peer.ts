import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { SwarmTls } from '../../swarm/index.ts'
import { contextOptions } from '../../swarm/index.ts'

const protocol = Buffer.from('\x13BitTorrent protocol', 'latin1')
/** Extension protocol (BEP 10) and fast extension (BEP 6). */
const reserved = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 4])

export interface Target {
  readonly port: number
  readonly infoHash: string
  /** What the peer shows; without it the connection is plain. */
  readonly tls?: SwarmTls
  /** An address of ours on loopback, so that not all come from one. */
  readonly from?: string
  /** In place of what an honest peer sets. */
  readonly more?: Partial<ConnectionOptions>
}

export function btHandshake(infoHash: string, name = 'hostile'): Buffer {
  const peerId = Buffer.from(`-XX0000-${name.padEnd(12, '0').slice(0, 12)}`, 'latin1')
  return Buffer.concat([protocol, reserved, Buffer.from(infoHash, 'hex'), peerId])
}

/** A frame of the peer wire (BEP 3). @param length stated in place of the real one. */
export function frame(id: number, body: Uint8Array = new Uint8Array(), length = 1 + body.length): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(length, 0)
  head[4] = id
  return Buffer.concat([head, body])
}

export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}

/** A peer that says what a test wants. It reads all it is sent, unless it is paused. */
export class HostilePeer {
  readonly socket: Socket
  readonly closed: Promise<void>
  received = Buffer.alloc(0)

  constructor(target: Target) {
    const { port, infoHash, tls, from: localAddress, more } = target
    const address = { host: '127.0.0.1', port, localAddress }
    this.socket = tls
      ? connectTls({
          ...address,
          ...contextOptions(tls.current),
          servername: infoHash,
          checkServerIdentity: () => undefined,
          ...more,
        })
      : connect(address)
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.socket.on('error', () => {})
    this.socket.on('data', (data) => {
      if (this.received.length < 1024 * 1024) this.received = Buffer.concat([this.received, data])
    })
  }

  /** Connected and, after TLS and the handshake of BitTorrent, greeted. @throws {Error} when it is closed before. */
  static async greeted(target: Target, name?: string): Promise<HostilePeer> {
    const peer = new HostilePeer(target)
    await Promise.race([once(peer.socket, target.tls ? 'secureConnect' : 'connect'), peer.#failure()])
    peer.socket.write(btHandshake(target.infoHash, name))
    while (peer.received.length < 68) await Promise.race([once(peer.socket, 'data'), peer.#failure()])
    return peer
  }

  send(...frames: readonly Uint8Array[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames))
  }

  /** Sends the same again and again, as fast as it is taken, until the connection is gone. */
  flood(bytes: Uint8Array): void {
    const { socket } = this
    const more = () => {
      if (!socket.writable) return
      if (socket.write(bytes)) setImmediate(more)
      else socket.once('drain', more)
    }
    more()
  }

  end(): void {
    this.socket.destroy()
  }

  async #failure(): Promise<never> {
    await this.closed
    throw new Error('closed')
  }
}

/** What a peer of TLS says first, for a test to cut off. */
export async function clientHello(target: Omit<Target, 'port'>): Promise<Buffer> {
  const recorder = createServer().listen(0, '127.0.0.1')
  await once(recorder, 'listening')
  const peer = new HostilePeer({ ...target, port: (recorder.address() as { port: number }).port })
  const [socket] = (await once(recorder, 'connection')) as [Socket]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  peer.end()
  recorder.close()
  return hello
}
