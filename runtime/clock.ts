/** A timer that was set and can still be called off. */
export interface Timer {
  cancel(): void
}

/**
 * Time as every part of Rookery sees it. Injected, so that tests and the simulator move it by hand.
 * `now` is wall time for what people read; `monotonicMs` never jumps and is what deadlines are measured with.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number
  /** Runs `task` once, after `delayMs`. */
  after(delayMs: number, task: () => void): Timer
  /** Runs `task` again and again, `periodMs` apart. Does not keep the process alive. */
  every(periodMs: number, task: () => void): Timer
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const handle = setTimeout(task, delayMs)
    return { cancel: () => clearTimeout(handle) }
  },
  every(periodMs, task) {
    const handle = setInterval(task, periodMs)
    handle.unref()
    return { cancel: () => clearInterval(handle) }
  },
}

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
