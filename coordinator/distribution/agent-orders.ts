import type { CoordinatorDraft } from '../../proto/session.ts'
import type { HostRegistry, KnownHost } from '../session/host-registry.ts'
import { type LimitRules, limitsFor } from './limit-rules.ts'

/** A host that is fetching a release now. */
export interface Fetching {
  readonly host: string
  readonly releaseId: string
}

interface Dependencies {
  readonly hosts: HostRegistry
  readonly rules: LimitRules
  readonly fetching: () => Iterable<Fetching>
  /** Sends to a host's agent; one that is away is told when it returns. */
  readonly send: (host: string, draft: CoordinatorDraft) => boolean
}

/** Tells agents what holds for them in the swarm: their caps, and what the other hosts of their zone fetch. */
export class AgentOrders {
  readonly #dependencies: Dependencies
  /** What each zone was told last, as text to compare with. */
  readonly #told = new Map<string, string>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  welcomed(name: string): void {
    const host = this.#dependencies.hosts.get(name)
    this.#sendLimits(host)
    this.#sendWanted(host, this.#wantedByZone())
  }

  limitsChanged(): void {
    for (const host of this.#dependencies.hosts.all()) this.#sendLimits(host)
  }

  /** A host began to fetch, or is done with it. */
  fetchesChanged(): void {
    const wanted = this.#wantedByZone()
    const changed = new Set<string>()
    for (const zone of new Set([...wanted.keys(), ...this.#told.keys()])) {
      const text = [...(wanted.get(zone) ?? [])].join()
      if (text === (this.#told.get(zone) ?? '')) continue
      changed.add(zone)
      this.#told.set(zone, text)
    }
    if (changed.size === 0) return
    for (const host of this.#dependencies.hosts.all()) if (changed.has(zoneOf(host))) this.#sendWanted(host, wanted)
  }

  #sendLimits(host: KnownHost): void {
    const limits = limitsFor(this.#dependencies.rules.all(), { zone: host.labels.zone, pools: host.pools })
    this.#dependencies.send(host.name, { swarmLimits: limits })
  }

  #sendWanted(host: KnownHost, wanted: ReadonlyMap<string, ReadonlySet<string>>): void {
    this.#dependencies.send(host.name, { seedingWanted: { releaseIds: [...(wanted.get(zoneOf(host)) ?? [])] } })
  }

  #wantedByZone(): Map<string, Set<string>> {
    const wanted = new Map<string, Set<string>>()
    for (const { host, releaseId } of this.#dependencies.fetching()) {
      const known = this.#dependencies.hosts.find(host)
      if (!known) continue
      const releases = wanted.get(zoneOf(known)) ?? new Set()
      wanted.set(zoneOf(known), releases.add(releaseId))
    }
    return wanted
  }
}

/** Hosts that do not say where they are, are together. */
function zoneOf({ labels }: KnownHost): string {
  return labels.zone ?? ''
}
