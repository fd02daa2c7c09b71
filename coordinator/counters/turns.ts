/** Lets others have a turn while much is computed. */
export interface Turns {
  /** Waits until they had one, if it is time. */
  pause(): Promise<void>
}

/** So long nobody else is heard: short against the heartbeats and calls that wait. */
const longestMs = 10

export function turnsOf(): Turns {
  let sinceMs = performance.now()
  return {
    async pause() {
      if (performance.now() - sinceMs < longestMs) return
      await new Promise((resolve) => setImmediate(resolve))
      sinceMs = performance.now()
    },
  }
}
