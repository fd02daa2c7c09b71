import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { TrustBundle } from '../../trust/trust-bundle.ts'
import type { ControlClient } from '../distribution/control-client.ts'
import type { Enrolments } from './enrolments.ts'

interface Dependencies {
  readonly enrolments: Enrolments
  /** Tracker and seeder, by name. */
  readonly services: Readonly<Record<string, ControlClient>>
  /** To every agent that is connected. */
  readonly tellAgents: (bundle: TrustBundle) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** A service that was away is tried again after so long; agents are told on their return. */
const periodMs = 2_000

/** Brings each new trust bundle to whoever lets peers in: a revocation counts everywhere within seconds. */
export class TrustPush implements Component {
  readonly name = 'trust'
  readonly #dependencies: Dependencies
  /** Version that each service has confirmed. */
  readonly #confirmed = new Map<string, number>()
  #timer: Timer | undefined
  #pushing: Promise<void> = Promise.resolve()
  #isPushing = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    dependencies.enrolments.onChange((bundle) => {
      dependencies.tellAgents(bundle)
      this.#push()
    })
  }

  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.every(periodMs, () => this.#push())
    this.#push()
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#pushing
  }

  #push(): void {
    if (this.#isPushing) return
    this.#isPushing = true
    this.#pushing = this.#pushAll().finally(() => {
      this.#isPushing = false
    })
  }

  async #pushAll(): Promise<void> {
    const { services, enrolments, logger } = this.#dependencies
    for (const [name, service] of Object.entries(services)) {
      const { bundle } = enrolments
      if ((this.#confirmed.get(name) ?? -1) >= bundle.version) continue
      try {
        await service.call('PUT', '/v1/trust', bundle)
        this.#confirmed.set(name, bundle.version)
      } catch (error) {
        logger.debug({ service: name }, `the trust bundle is not there yet: ${errorMessage(error)}`)
      }
    }
  }
}
