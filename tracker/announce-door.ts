import type { Server, Socket } from 'node:net'
import { systemClock } from '../runtime/clock.ts'
import { Doorway, type DoorwayLimits, type Visitor } from '../swarm/index.ts'

/** Connections that announce, or say they will. */
const limits: DoorwayLimits = {
  // Of 10,000 hosts that announce every 30 s and stay for 5 s, some 1,700 are connected.
  maxConnections: 5_000,
  // A zone behind one router, or all agents of a trial on one machine.
  maxPerAddress: 2_000,
  maxUnintroduced: 1_000,
  maxUnintroducedPerAddress: 250,
  arrivals: { perSecond: 200, burst: 1_000 },
}

/** Bounds who may connect to an announce server, so that those who only stall do not keep others out. */
export class AnnounceDoor {
  readonly #doorway = new Doorway(limits, systemClock)
  /** By address and port: with TLS a request comes on another socket object than the connection did. */
  readonly #visitors = new Map<string, Visitor>()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => this.#onConnection(socket))
  }

  /** A whole request has come. */
  asked(socket: Socket): void {
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
