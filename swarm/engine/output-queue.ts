import type { EngineOutput } from './contract.ts'

/** First in, first out; an array's own `shift` would move what is behind. */
export class OutputQueue {
  #items: EngineOutput[] = []
  #head = 0

  push(output: EngineOutput): void {
    this.#items.push(output)
  }

  shift(): EngineOutput | undefined {
    if (this.#head === this.#items.length) {
      if (this.#head > 0) {
        this.#items = []
        this.#head = 0
      }
      return undefined
    }
    return this.#items[this.#head++]
  }
}
