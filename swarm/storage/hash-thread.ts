import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PieceCheck } from './piece-hash.ts'

/** A piece's bytes travel to the thread and back; nothing is copied. */
export interface HashJob {
  readonly bytes: Uint8Array
  readonly expected: Uint8Array
  readonly withDigests: boolean
}

export type HashAnswer = PieceCheck & { readonly bytes: Uint8Array }

interface Waiting {
  resolve(answer: HashAnswer): void
  reject(error: Error): void
}

/** The built package has JavaScript alone. */
const threadUrl = new URL(`./hash-worker${extname(import.meta.filename)}`, import.meta.url)

/**
 * One thread for the whole process, begun with the first piece: hashing is bound by the processor, and the rest of it
 * is left to the exchange. Answers come in the order of the jobs.
 */
let thread: HashThread | undefined

export function hashInThread(job: HashJob): Promise<HashAnswer> {
  thread ??= new HashThread((ended) => {
    if (thread === ended) thread = undefined
  })
  return thread.run(job)
}

class HashThread {
  readonly #worker = new Worker(threadUrl, { name: 'piece hash' })
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
