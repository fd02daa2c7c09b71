import { hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

// Runs in the thread that hash-thread.ts begins. JavaScript, so that the thread need not load what reads TypeScript:
// in a source tree that takes longer and more memory than all the rest of it.
parentPort.on('message', ({ bytes, expected }) => {
  const isGood = hash('sha1', bytes, 'buffer').equals(expected)
  parentPort.postMessage({ isGood, bytes }, [bytes.buffer])
})
