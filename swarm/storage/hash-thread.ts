import { Worker } from 'node:worker_threads'
import { systemClock } from '../../runtime/clock.ts'

/** A piece's bytes travel to the thread and back; nothing is copied. */
interface HashJob {
  readonly bytes: Uint8Array
  readonly expected: Uint8Array
}

interface HashAnswer {
  readonly isGood: boolean
  readonly bytes: Uint8Array
}

interface Waiting {
  resolve(answer: HashAnswer): void
  reject(error: Error): void
}

/** Shorter pieces are hashed sooner than they are handed over: swarm/README.md has the figures. */
const minPieceBytes = 128 * 1024
/** Hashing less than this in `windowMs` is a fifth of a thread's work: not worth the 13 MiB that another takes. */
const minLoadBytes = 256 * 1024 * 1024
const windowMs = 1_000

/** One thread for the whole process, once there is so much to hash: hashing is bound by the processor. */
let thread: HashThread | undefined
const load = { bytes: 0, sinceMs: 0 }

/** Whether a piece of this length is better hashed in the thread; counts it. */
export function isWorthThread(lengthBytes: number): boolean {
  const nowMs = systemClock.monotonicMs()
  if (nowMs - load.sinceMs > windowMs) Object.assign(load, { bytes: 0, sinceMs: nowMs })
  load.bytes += lengthBytes
  return lengthBytes >= minPieceBytes && (thread !== undefined || load.bytes >= minLoadBytes)
}

export function hashInThread(job: HashJob): Promise<HashAnswer> {
  thread ??= new HashThread((ended) => {
    if (thread === ended) thread = undefined
  })
  return thread.run(job)
}

class HashThread {
  readonly #worker = new Worker(new URL('./hash-worker.js', import.meta.url), { name: 'piece hash', execArgv: [] })
  /** Answers come in the order of the jobs. */
  readonly #waiting: Waiting[] = []

  constructor(onEnd: (ended: HashThread) => void) {
    this.#worker.on('message', (answer: HashAnswer) => {
      this.#waiting.shift()!.resolve(answer)
      // Idle it keeps no process alive.
      if (this.#waiting.length === 0) this.#worker.unref()
    })
    const end = (error: Error) => {
      onEnd(this)
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    }
    this.#worker.on('error', end)
    this.#worker.on('exit', (code) => end(new Error(`the hash thread ended with code ${code}`)))
  }

  run(job: HashJob): Promise<HashAnswer> {
    if (this.#waiting.length === 0) this.#worker.ref()
    const { promise, resolve, reject } = Promise.withResolvers<HashAnswer>()
    this.#waiting.push({ resolve, reject })
    this.#worker.postMessage(job, [job.bytes.buffer as ArrayBuffer])
    return promise
  }
}
