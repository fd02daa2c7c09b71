import { parentPort } from 'node:worker_threads'
import type { HashJob } from './hash-thread.ts'
import { compare } from './piece-hash.ts'

/** Runs in the thread that `hash-thread.ts` begins. */
parentPort!.on('message', ({ bytes, expected, withDigests }: HashJob) => {
  const answer = { ...compare(bytes, expected, withDigests), bytes }
  parentPort!.postMessage(answer, [bytes.buffer as ArrayBuffer])
})
