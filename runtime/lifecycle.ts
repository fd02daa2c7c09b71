import { type Clock, systemClock } from './clock.ts'
import type { Logger } from './logger.ts'

/** A part of a service that must be started before those after it and stopped after them. */
export interface Component {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
}

interface LifecycleDependencies {
  readonly logger: Logger
  readonly clock?: Clock
}

/** One component that hangs while it stops must not hold the others up. */
const defaultStopDeadlineMs = 10_000

/** Starts components in the order they were added and stops them in reverse; a failed start stops what had started. */
export class Lifecycle {
  readonly #components: Component[] = []
  readonly #started: Component[] = []
  readonly #logger: Logger
  readonly #clock: Clock
  #stopping: Promise<void> | undefined

  constructor(dependencies: LifecycleDependencies) {
    this.#logger = dependencies.logger
    this.#clock = dependencies.clock ?? systemClock
  }

  add(component: Component): void {
    this.#components.push(component)
  }

  async start(): Promise<void> {
    for (const component of this.#components) {
      if (this.#stopping) return
      try {
        await component.start()
        this.#started.push(component)
        this.#logger.debug({ component: component.name }, 'component started')
      } catch (error) {
        await this.stop()
        throw error
      }
    }
  }

  /** Idempotent: every caller waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    for (let component = this.#started.pop(); component; component = this.#started.pop()) {
      try {
        await this.#withDeadline(component)
      } catch (error) {
        this.#logger.error({ component: component.name, error }, 'component failed to stop')
      }
    }
  }

  async #withDeadline(component: Component): Promise<void> {
    let cancel = () => {}
    const deadline = new Promise<never>((_, reject) => {
      const timer = this.#clock.after(defaultStopDeadlineMs, () =>
        reject(new Error(`did not stop in ${defaultStopDeadlineMs} ms`)),
      )
      cancel = () => timer.cancel()
    })
    try {
      await Promise.race([component.stop(), deadline])
    } finally {
      cancel()
    }
  }
}
