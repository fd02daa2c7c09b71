import type { Random } from '../../runtime/random.ts'

/** Soon enough that a coordinator's restart is hardly noticed. */
const firstMs = 250
/** Long enough that a fleet of thousands does not keep a coordinator from coming up. */
const mostMs = 15_000

/** Delays that double, each drawn from the upper half of its span, so that a fleet that lost its coordinator does not come back at once. */
export class Backoff {
  readonly #random: Random
  #spanMs = firstMs

  constructor(random: Random) {
    this.#random = random
  }

  nextMs(): number {
    const spanMs = this.#spanMs
    this.#spanMs = Math.min(mostMs, spanMs * 2)
    return Math.round(spanMs / 2 + this.#random.below(spanMs / 2))
  }

  reset(): void {
    this.#spanMs = firstMs
  }
}
