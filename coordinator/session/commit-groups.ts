import type { Clock, Timer } from '../../runtime/clock.ts'

interface Options {
  /** What may wait is committed together with what else comes within this time. */
  readonly lingerMs: number
  /** So many weigh enough to be committed at once. */
  readonly fullWeight: number
}

interface Dependencies<Item, Result> {
  /** All of them or none. @returns a result for each. */
  readonly commit: (items: readonly Item[]) => Promise<Result[]>
  readonly clock: Clock
}

interface Waiting<Item, Result> {
  readonly item: Item
  /** 0 for what must not wait. */
  readonly weight: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Commits what many bring at the same time together: a sync of the disk for all of them, and pages with something in them.
 * One that cannot be committed does not keep the others from it.
 */
export class CommitGroups<Item, Result> {
  readonly #options: Options
  readonly #dependencies: Dependencies<Item, Result>
  #waiting: Waiting<Item, Result>[] = []
  #isDue = false
  #timer: Timer | undefined
  #isCommitting = false

  constructor(options: Options, dependencies: Dependencies<Item, Result>) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** @param weight 0 for what must not wait. */
  add(item: Item, weight: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, weight, resolve, reject })
      this.#look()
    })
  }

  #look(): void {
    if (this.#isCommitting || this.#waiting.length === 0) return
    const { lingerMs, fullWeight } = this.#options
    const weight = this.#waiting.reduce((sum, waiting) => sum + waiting.weight, 0)
    if (this.#isDue || lingerMs === 0 || weight >= fullWeight) return void this.#commit(this.#take(() => true))
    const urgent = this.#take((waiting) => waiting.weight === 0)
    if (urgent.length > 0) void this.#commit(urgent)
    if (this.#waiting.length > 0) this.#arm(lingerMs)
  }

  #arm(lingerMs: number): void {
    this.#timer ??= this.#dependencies.clock.after(lingerMs, () => {
      this.#timer = undefined
      this.#isDue = true
      this.#look()
    })
  }

  #take(isTaken: (waiting: Waiting<Item, Result>) => boolean): Waiting<Item, Result>[] {
    const taken = this.#waiting.filter(isTaken)
    this.#waiting = this.#waiting.filter((waiting) => !isTaken(waiting))
    if (this.#waiting.length === 0) this.#isDue = false
    return taken
  }

  /** Never rejects. */
  async #commit(group: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#isCommitting = true
    try {
      const results = await this.#dependencies.commit(group.map(({ item }) => item))
      group.forEach(({ resolve }, index) => {
        resolve(results[index]!)
      })
    } catch (error) {
      if (group.length === 1) group[0]!.reject(error)
      else for (const one of group) await this.#commitAlone(one)
    }
    this.#isCommitting = false
    this.#look()
  }

  async #commitAlone({ item, resolve, reject }: Waiting<Item, Result>): Promise<void> {
    try {
      const [result] = await this.#dependencies.commit([item])
      resolve(result!)
    } catch (error) {
      reject(error)
    }
  }
}
