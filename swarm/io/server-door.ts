import type { Server, Socket } from 'node:net'
import type { Clock } from '../../runtime/clock.ts'
import { Doorway, type DoorwayLimits, type Visitor } from './doorway.ts'

/** Bounds who may connect to a server of Node, so that those who only stall do not keep others out. */
export class ServerDoor {
  readonly #doorway: Doorway
  /** By address and port: with TLS a request comes on another socket object than the connection did. */
  readonly #visitors = new Map<string, Visitor>()

  constructor(server: Server, limits: DoorwayLimits, clock: Clock) {
    this.#doorway = new Doorway(limits, clock)
    server.on('connection', (socket: Socket) => this.#onConnection(socket))
  }

  /** Whoever is at the other end has said what he wants, or who he is: no newcomer takes his place. */
  introduced(socket: Socket): void {
    this.#visitors.get(endpoint(socket))?.introduced()
  }

  #onConnection(socket: Socket): void {
    const visitor = this.#doorway.enter(socket.remoteAddress ?? '', () => socket.destroy())
    if (!visitor) return void socket.destroy()
    const key = endpoint(socket)
    this.#visitors.set(key, visitor)
    socket.once('close', () => {
      visitor.left()
      if (this.#visitors.get(key) === visitor) this.#visitors.delete(key)
    })
  }
}

function endpoint({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
