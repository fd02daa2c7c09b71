/**
 * Many read at once, or one moves rows from one table into another: who reads both tables sees each row once. Who waits
 * to move lets no new reader in before him.
 */
export class ReadGate {
  #readers = 0
  #last: Promise<unknown> = Promise.resolve()
  #onFree: (() => void) | undefined

  async read<T>(task: () => Promise<T>): Promise<T> {
    const moving = this.#last
    await moving
    // Another one began to wait meanwhile.
    if (moving !== this.#last) return this.read(task)
    this.#readers++
    try {
      return await task()
    } finally {
      this.#readers--
      if (this.#readers === 0) this.#onFree?.()
    }
  }

  move<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      if (this.#readers > 0) await new Promise<void>((resolve) => (this.#onFree = resolve))
      this.#onFree = undefined
      return task()
    })
    this.#last = done.catch(() => {})
    return done
  }
}
