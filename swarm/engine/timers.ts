/**
 * Every timer of the engine. One is armed only while there is something for it to do, so an idle engine asks for no time.
 *
 * | timer     | armed while                          | due every | what it does                                          |
 * |-----------|--------------------------------------|-----------|-------------------------------------------------------|
 * | pipeline  | something can be fetched             | 250 ms    | measures rates, snubs, lets go of silent peers, pulls |
 * | rotation  | a peer waits for an uplink slot      | 500 ms    | passes slots on                                       |
 * | dialing   | an address may be dialled later      | when due  | dials                                                 |
 * | offers    | a piece is offered or sent to a peer | 250 ms    | withdraws what is not answered, offers again          |
 * | news      | peers have not heard of a new piece  | 1 s       | tells them                                            |
 * | stall     | there is a web seed, pieces missing  | when due  | asks the web seed when peers bring nothing            |
 * | exchange  | a peer takes addresses               | 5 s       | names peers to each other                             |
 * | keepAlive | a peer is connected                  | 15 s      | keeps idle connections alive, ends dead ones (BEP 3)  |
 */
export const timerKinds = [
  'pipeline',
  'rotation',
  'dialing',
  'offers',
  'news',
  'stall',
  'exchange',
  'keepAlive',
] as const
export type TimerKind = (typeof timerKinds)[number]

export const timerPeriodsMs = {
  pipeline: 250,
  rotation: 500,
  offers: 250,
  news: 1_000,
  exchange: 5_000,
  keepAlive: 15_000,
} as const

/** Say something when nothing was sent for this long: peers give up after two minutes (BEP 3). */
export const keepAliveAfterMs = 60_000
/** A peer that has said nothing at all for this long is gone. */
export const deadAfterMs = 150_000

export class Timers {
  readonly #dueMs = new Map<TimerKind, number>()

  /** Earliest due time; infinite when no timer is armed. */
  get nextMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const dueMs of this.#dueMs.values()) if (dueMs < next) next = dueMs
    return next
  }

  /** Arms a timer; one that is armed keeps the earlier time. */
  arm(kind: TimerKind, dueMs: number): void {
    const armed = this.#dueMs.get(kind)
    if (armed === undefined || dueMs < armed) this.#dueMs.set(kind, dueMs)
  }

  isArmed(kind: TimerKind): boolean {
    return this.#dueMs.has(kind)
  }

  /** Disarms and names the timers that are due. */
  takeDue(nowMs: number): TimerKind[] {
    const due: TimerKind[] = []
    for (const [kind, dueMs] of this.#dueMs) {
      if (dueMs > nowMs) continue
      this.#dueMs.delete(kind)
      due.push(kind)
    }
    return due
  }
}
