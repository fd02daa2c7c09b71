import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Principal } from './principal.ts'

interface Dependencies {
  /** Whether who came in earlier may stay. */
  readonly isGood: (principal: Principal) => Promise<boolean>
  readonly clock: Clock
  readonly logger: Logger
}

/** So late a token that ran out, or was revoked at another coordinator, is noticed. */
const lookEveryMs = 5_000

/** Answers that stay open: counted for each principal, and cut when its credentials end. */
export class OpenStreams implements Component {
  readonly name = 'open streams'
  readonly #most: number
  readonly #dependencies: Dependencies
  readonly #byPrincipal = new Map<string, Map<ServerResponse, Principal>>()
  #timer: Timer | undefined

  /** @param options.most of one principal at once. */
  constructor({ most }: { readonly most: number }, dependencies: Dependencies) {
    this.#most = most
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.every(lookEveryMs, () => {
      this.#look().catch((error) => this.#dependencies.logger.warn({ error }, 'open streams were not checked'))
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
  }

  /** @throws {RookeryError} RATE_LIMITED when the principal has too many. */
  add(principal: Principal, response: ServerResponse): void {
    if (response.destroyed) return
    const open = this.#byPrincipal.get(principal.id) ?? new Map<ServerResponse, Principal>()
    if (open.size >= this.#most)
      throw new RookeryError(
        'RATE_LIMITED',
        `${principal.id} has ${open.size} streams and downloads open; close some first`,
      )
    this.#byPrincipal.set(principal.id, open.set(response, principal))
    response.once('close', () => {
      open.delete(response)
      if (open.size === 0 && this.#byPrincipal.get(principal.id) === open) this.#byPrincipal.delete(principal.id)
    })
  }

  /** Cuts everything a principal has open. */
  cut(principalId: string): void {
    for (const response of [...(this.#byPrincipal.get(principalId)?.keys() ?? [])]) response.destroy()
  }

  async #look(): Promise<void> {
    for (const open of [...this.#byPrincipal.values()])
      for (const [response, principal] of [...open])
        if (!(await this.#dependencies.isGood(principal))) response.destroy()
  }
}
