import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { Database } from '../store/database.ts'
import { AnswerStore, type KnownMember } from './answer-store.ts'
import type { HostSource, InventoryConfig } from './config.ts'
import { type InventoryHost, mergedHosts } from './inventory-host.ts'
import { nextMembers } from './source-watch.ts'
import { readSource, sourceName } from './sources.ts'

/** Names that the sources name now and did not before, and those that have left. */
export interface InventoryChange {
  readonly came: readonly string[]
  readonly left: readonly string[]
}

interface Dependencies {
  readonly database: Database
  readonly hub: EventHub
  readonly clock: Clock
  readonly logger: Logger
}

interface Watched {
  readonly source: HostSource
  readonly name: string
  /** What its stored answer is found by: whatever changes the answer is part of it, but no secret header. */
  readonly key: string
  members: readonly KnownMember[] | null
  isFailing: boolean
}

/** Which hosts there should be, by sources beside the agents. A source that fails keeps its last good answer. */
export class Inventory implements Component {
  readonly name = 'inventory'
  readonly #config: InventoryConfig
  readonly #dependencies: Dependencies
  readonly #answers: AnswerStore
  readonly #watched: readonly Watched[]
  readonly #listeners: ((change: InventoryChange) => void)[] = []
  readonly #stop = new AbortController()
  #hosts: ReadonlyMap<string, InventoryHost> = new Map()
  #refreshing: Promise<void> = Promise.resolve()
  #timer: Timer | undefined

  constructor(config: InventoryConfig, dependencies: Dependencies) {
    this.#config = config
    this.#dependencies = dependencies
    this.#answers = new AnswerStore(dependencies)
    this.#watched = config.sources.map((source) => ({
      ...{ source, name: sourceName(source), key: keyOf(source), members: null, isFailing: false },
    }))
  }

  /** Resolves once the last good answers are read back; the sources themselves are asked from then on. */
  async start(): Promise<void> {
    for (const watched of this.#watched) watched.members = await this.#answers.load(watched.key)
    this.#hosts = this.#merged()
    if (this.#watched.length > 0) this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#timer?.cancel()
    await this.#refreshing
  }

  /** Sorted by name. */
  hosts(): InventoryHost[] {
    return [...this.#hosts.values()]
  }

  /** Whether a source names the host; null when nobody can tell: none is configured, or one never answered. */
  has(name: string): boolean | null {
    if (this.#hosts.has(name)) return true
    const isKnown = this.#watched.length > 0 && this.#watched.every(({ members }) => members !== null)
    return isKnown ? false : null
  }

  onChange(listener: (change: InventoryChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Asks every source now. Never rejects: what fails is told as an alert. */
  async refresh(): Promise<void> {
    await Promise.all(this.#watched.map((watched) => this.#ask(watched)))
  }

  #run(): void {
    this.#refreshing = this.refresh().then(() => {
      if (!this.#stop.signal.aborted)
        this.#timer = this.#dependencies.clock.after(this.#config.refreshMs, () => this.#run())
    })
  }

  async #ask(watched: Watched): Promise<void> {
    const { source, key } = watched
    try {
      const answer = await readSource(source, this.#stop.signal)
      const rules = { graceMs: this.#config.graceMs, allowEmpty: source.allowEmpty ?? false }
      const members = nextMembers(watched.members, answer, this.#dependencies.clock.now(), rules)
      if (JSON.stringify(members) !== JSON.stringify(watched.members)) await this.#answers.save(key, members)
      watched.members = members
      if (watched.isFailing) this.#dependencies.logger.info({ source: watched.name }, 'the host source answers again')
      watched.isFailing = false
      this.#changed()
    } catch (error) {
      if (!this.#stop.signal.aborted) await this.#failed(watched, error)
    }
  }

  /** Told once, until it has answered again. */
  async #failed(watched: Watched, error: unknown): Promise<void> {
    const { name, members, isFailing } = watched
    const message = `host source ${name}: ${errorMessage(error)}`
    this.#dependencies.logger.warn({ source: name }, message)
    watched.isFailing = true
    if (isFailing) return
    const kept = members === null ? 'it never answered' : `its last answer stays, with ${members.length} hosts`
    try {
      await this.#dependencies.hub.publish({
        type: 'alert',
        data: { subject: 'inventory', source: name, message: `${message}; ${kept}` },
      })
    } catch (error) {
      this.#dependencies.logger.error({ error }, 'the alert was not stored')
    }
  }

  #changed(): void {
    const before = this.#hosts
    this.#hosts = this.#merged()
    const came = [...this.#hosts.keys()].filter((name) => !before.has(name))
    const left = [...before.keys()].filter((name) => !this.#hosts.has(name))
    if (came.length + left.length === 0) return
    this.#dependencies.logger.info({ came, left }, 'the inventory changed')
    for (const tell of this.#listeners) tell({ came, left })
  }

  #merged(): ReadonlyMap<string, InventoryHost> {
    const hosts = this.#watched.flatMap(({ members }) => members?.map(({ host }) => host) ?? [])
    return new Map(mergedHosts(hosts).map((host) => [host.name, host]))
  }
}

function keyOf(source: HostSource): string {
  return JSON.stringify('headers' in source ? { ...source, headers: undefined } : source)
}
