import { setImmediate } from 'node:timers/promises'

/** Most items of one group. */
const maxGroup = 500

interface Pending<Item> {
  readonly item: Item
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Does together what comes together, in order and one group at a time: a thousand things that end at once are stored in
 * one transaction rather than a thousand.
 */
export class GroupedWork<Item> {
  readonly #do: (items: readonly Item[]) => Promise<void>
  #pending: Pending<Item>[] = []
  #working: Promise<void> | undefined

  /** @param work when it rejects, each item of the group is rejected with that. */
  constructor(work: (items: readonly Item[]) => Promise<void>) {
    this.#do = work
  }

  /** Resolves when the item's group is done. */
  add(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#pending.push({ item, resolve, reject })
    this.#working ??= this.#work()
    return promise
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    await this.#working
  }

  async #work(): Promise<void> {
    while (this.#pending.length > 0) {
      // All that the sockets hold now is read first.
      await setImmediate()
      const group = this.#pending.splice(0, maxGroup)
      try {
        await this.#do(group.map(({ item }) => item))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#working = undefined
  }
}
