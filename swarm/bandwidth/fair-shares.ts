/** What waits to be sent. */
export interface Waiting {
  readonly bytes: number
  /** Those of one lane go in their order; one lane may be held up while another goes. */
  readonly lane: string | undefined
}

interface Share<Item> {
  /** Bytes it may still send in its turn. */
  credit: number
  readonly lanes: Map<string | undefined, Set<Item>>
}

/** Bytes a share may send before the next one's turn: as long as the longest block there is. */
const quantumBytes = 128 * 1024

/**
 * Who sends next, when several have something to send: each owner gets as many bytes as any other, however many peers it
 * has and however long its blocks are (deficit round robin, Shreedhar and Varghese 1995). Who has nothing to send saves
 * nothing up, and who is held up loses its turn but not its credit.
 */
export class FairShares<Item extends Waiting> {
  /** In the order of their turns. Whoever is here has something waiting. */
  readonly #shares = new Map<object, Share<Item>>()

  get isEmpty(): boolean {
    return this.#shares.size === 0
  }

  get owners(): Iterable<object> {
    return this.#shares.keys()
  }

  has(owner: object): boolean {
    return this.#shares.has(owner)
  }

  add(owner: object, item: Item): void {
    let share = this.#shares.get(owner)
    if (!share) {
      share = { credit: quantumBytes, lanes: new Map() }
      this.#shares.set(owner, share)
    }
    const lane = share.lanes.get(item.lane)
    if (lane) lane.add(item)
    else share.lanes.set(item.lane, new Set([item]))
  }

  /** Takes out what goes now; undefined when all that waits is held up. */
  next(mayGo: (owner: object, lane: string | undefined) => boolean): { owner: object; item: Item } | undefined {
    let turns = this.#shares.size
    for (const [owner, share] of this.#shares) {
      if (turns-- === 0) return undefined
      const item = firstOpen(share, (name) => mayGo(owner, name))
      if (item && item.bytes <= share.credit) {
        this.#take(owner, share, item)
        return { owner, item }
      }
      this.#shares.delete(owner)
      this.#shares.set(owner, share)
      if (!item) continue
      share.credit += quantumBytes
      turns++
    }
    return undefined
  }

  remove(owner: object): void {
    this.#shares.delete(owner)
  }

  #take(owner: object, share: Share<Item>, item: Item): void {
    const lane = share.lanes.get(item.lane)!
    share.credit -= item.bytes
    lane.delete(item)
    share.lanes.delete(item.lane)
    // Behind the others: lanes take turns.
    if (lane.size > 0) share.lanes.set(item.lane, lane)
    else if (share.lanes.size === 0) this.#shares.delete(owner)
  }
}

function firstOpen<Item>({ lanes }: Share<Item>, mayGo: (lane: string | undefined) => boolean): Item | undefined {
  for (const [lane, items] of lanes) if (mayGo(lane)) return items.values().next().value
  return undefined
}
