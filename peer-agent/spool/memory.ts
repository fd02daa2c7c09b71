import type { LogChunk } from '../../proto/session.ts'
import type { Mark } from './frame.ts'

/** Counts of the streams least recently written to are forgotten beyond this many: a stream of an old rollout is over. */
const maxStreams = 1_000

interface Snapshot {
  readonly sequences: readonly (readonly [string, number])[]
  readonly marks: readonly (readonly [string, number])[]
}

/** What the spool remembers beyond its records: the next sequence number of each stream, and the marks. */
export class SpoolMemory {
  readonly #sequences = new Map<string, number>()
  readonly #marks = new Map<string, number>()

  nextSequence(rolloutId: string, stream: string): number {
    return this.#sequences.get(streamKey(rolloutId, stream)) ?? 0
  }

  /** A stream that ended keeps its count: a hook that runs again, since the agent was killed in it, goes on counting. */
  sawChunk({ rolloutId, stream, sequence }: Pick<LogChunk, 'rolloutId' | 'stream' | 'sequence'>): void {
    const key = streamKey(rolloutId, stream)
    this.#sequences.delete(key)
    this.#sequences.set(key, sequence + 1)
    if (this.#sequences.size > maxStreams) this.#sequences.delete(this.#sequences.keys().next().value!)
  }

  mark(key: string): number | undefined {
    return this.#marks.get(key)
  }

  sawMark({ key, value }: Mark): void {
    this.#marks.set(key, value)
  }

  encode(): Buffer {
    const snapshot: Snapshot = { sequences: [...this.#sequences], marks: [...this.#marks] }
    return Buffer.from(JSON.stringify(snapshot))
  }

  restore(header: Buffer): void {
    const { sequences, marks } = JSON.parse(header.toString('utf8')) as Snapshot
    for (const [key, value] of sequences) this.#sequences.set(key, value)
    for (const [key, value] of marks) this.#marks.set(key, value)
  }
}

/** A stream's name holds no space. */
function streamKey(rolloutId: string, stream: string): string {
  return `${stream} ${rolloutId}`
}
