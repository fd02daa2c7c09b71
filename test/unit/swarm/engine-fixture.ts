import { seededRandom } from '../../../runtime/random.ts'
import { Bitfield } from '../../../swarm/engine/bitfield.ts'
import { Connection } from '../../../swarm/engine/connection.ts'
import { type EngineOutput, zeroCounters } from '../../../swarm/engine/contract.ts'
import type { EngineCore } from '../../../swarm/engine/core.ts'
import { Geometry } from '../../../swarm/engine/geometry.ts'
import { defaultLimits } from '../../../swarm/engine/limits.ts'
import { PieceTable } from '../../../swarm/engine/piece-table.ts'
import { Timers } from '../../../swarm/engine/timers.ts'
import { agentPeerIdPrefix, createPeerId, type PieceIndex } from '../../../swarm/identifiers.ts'
import type { PeerMessage } from '../../../swarm/wire/messages.ts'

export const pieceLengthBytes = 32 * 1024

/** What the parts of an engine share, for one part alone. */
export class CoreFixture {
  readonly random = seededRandom(1)
  readonly core: EngineCore
  readonly outputs: EngineOutput[] = []

  constructor({ pieceCount, held = [] }: { readonly pieceCount: number; readonly held?: readonly number[] }) {
    const geometry = new Geometry({ pieceCount, pieceLengthBytes, totalBytes: pieceCount * pieceLengthBytes })
    const bits = new Bitfield(pieceCount)
    for (const piece of held) bits.set(piece)
    this.core = {
      geometry,
      limits: defaultLimits,
      zone: undefined,
      rack: undefined,
      pieces: new PieceTable(geometry, bits, this.random),
      connections: new Map(),
      timers: new Timers(),
      lastBlockMs: undefined,
      counters: zeroCounters(),
      emit: (output) => this.outputs.push(output),
      drop: () => {},
      ban: () => {},
    }
  }

  /** A peer of our own, unless `changes` say otherwise. */
  connect(changes: Partial<Connection> = {}, prefix: string = agentPeerIdPrefix): Connection {
    const { connections, geometry, limits } = this.core
    const id = connections.size + 1
    const peerId = createPeerId(prefix, this.random)
    const { pieceCount } = geometry
    const options = { id, peerId, host: `10.0.0.${id}`, address: undefined, isFast: true, pieceCount }
    const connection = Object.assign(new Connection(options, limits, 0), { speaksOffers: true, ...changes })
    connections.set(id, connection)
    return connection
  }

  /** What the peer was sent, in order. */
  sentTo({ id }: Connection): PeerMessage[] {
    return this.outputs.flatMap((output) =>
      output.type === 'send' && output.connection === id ? [output.message] : [],
    )
  }
}

export const pieces = (...numbers: number[]) => numbers as PieceIndex[]

export function bitfieldOf(pieceCount: number, held: readonly number[]): Bitfield {
  const bits = new Bitfield(pieceCount)
  for (const piece of held) bits.set(piece)
  return bits
}
