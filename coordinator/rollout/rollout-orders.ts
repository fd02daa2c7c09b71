import type { RolloutRequest } from '../../proto/http/api.ts'
import { decodeManifest, type ReleaseManifest } from '../../proto/release-manifest.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Random } from '../../runtime/random.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Releases } from '../releases/releases.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import type { RolloutOrder, RolloutState } from './state.ts'

export type OrderDraft = Omit<RolloutOrder, 'id'>

interface Dependencies {
  readonly releases: Releases
  readonly releaseStore: ReleaseStore
  readonly revocations: Revocations
  readonly hosts: HostRegistry
  readonly random: Random
}

const maxSeed = 2 ** 31

/** Puts into an order what somebody, or a rule, wants to be rolled out. */
export class RolloutOrders {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @throws {RookeryError} NOT_FOUND, REQUEST_INVALID, RELEASE_REVOKED, REVISION_UNKNOWN, APP_CONFIG_INVALID. */
  async ofRequest(request: RolloutRequest): Promise<OrderDraft> {
    if (request.revision !== undefined && request.releaseId !== undefined)
      throw new RookeryError('REQUEST_INVALID', 'body.releaseId excludes body.revision: name one of them')
    this.#refuseUnknown(request)
    const { app, pools = [], hosts = [], rebuild = false, prefetch = false } = request
    return {
      ...plain(app, request.seed ?? this.#dependencies.random.below(maxSeed)),
      ...{ pools, hostNames: hosts, rebuild, prefetch },
      ...(await this.#target(request)),
      order: request.order ?? null,
      by: request.by ?? null,
      why: request.why ?? null,
      breakGlass: request.breakGlass ?? null,
    }
  }

  /**
   * What takes a rollout back, in the order in which it moved its hosts: the first to get the bad release are the first
   * to lose it. One for each release that was live before; pools that ran none stay as they are.
   * @throws {RookeryError} RELEASE_REVOKED.
   */
  async ofRollback(state: RolloutState, why: string | null, by: string | null): Promise<OrderDraft[]> {
    const poolsOf = Map.groupBy(Object.entries(state.plan?.previousReleaseIds ?? {}), ([, releaseId]) => releaseId)
    const isWhole = poolsOf.size === 1
    return Promise.all(
      [...poolsOf].map(async ([releaseId, entries]) => ({
        ...plain(state.app, state.seed),
        kind: 'rollback' as const,
        revision: (await this.#allowed(releaseId)).revision,
        releaseId,
        rollbackOf: state.id,
        pools: isWhole ? state.pools : entries.map(([pool]) => pool),
        hostNames: state.plan!.batches.flat(),
        order: 'list' as const,
        ...{ why, by },
        // What stops deploys must not keep a bad release live.
        breakGlass: `takes ${state.id} back`,
      })),
    )
  }

  /**
   * The hosts that failed in a rollout, and no others, once more.
   * @throws {RookeryError} CONFLICT when none did; RELEASE_REVOKED.
   */
  ofRetry(state: RolloutState, why: string | null, by: string | null): OrderDraft {
    const failed = Object.values(state.hosts).filter(({ status }) => status.is === 'failed')
    if (failed.length === 0) throw new RookeryError('CONFLICT', `no host failed in rollout ${state.id}`)
    const refusal = state.releaseId === null ? undefined : this.#dependencies.revocations.refusal(state.releaseId)
    if (refusal !== undefined) throw new RookeryError('RELEASE_REVOKED', refusal)
    return {
      ...plain(state.app, state.seed),
      kind: 'retry',
      revision: state.revision,
      releaseId: state.releaseId,
      retryOf: state.id,
      pools: state.pools,
      hostNames: failed.map(({ host }) => host),
      ...{ why, by },
    }
  }

  /** Brings hosts to what their pools run. */
  ofConvergence(app: string, releaseId: string, hostNames: readonly string[]): OrderDraft {
    const why = 'these hosts came later, or were away'
    return { ...plain(app, 0), kind: 'converge', releaseId, hostNames, why }
  }

  /** A misspelt name is refused now, not after a build. */
  #refuseUnknown({ pools = [], hosts = [] }: RolloutRequest): void {
    const all = this.#dependencies.hosts.all()
    const refuse = (what: string, whole: string, names: readonly string[], known: ReadonlySet<string>) => {
      const unknown = names.filter((name) => !known.has(name))
      if (unknown.length === 0) return
      const listed = [...known].sort().slice(0, 50).join(', ') || 'none yet'
      throw new RookeryError('NOT_FOUND', `no host is ${what} ${unknown.join(', ')}; the ${whole} are: ${listed}`)
    }
    refuse('in pool', 'pools', pools, new Set(all.flatMap((host) => host.pools)))
    refuse('called', 'hosts', hosts, new Set(all.map((host) => host.name)))
  }

  async #target({ app, revision, releaseId }: RolloutRequest) {
    const { releases } = this.#dependencies
    if (releaseId === undefined) return { revision: (await releases.resolve(app, revision)).revision, releaseId: null }
    const manifest = await this.#allowed(releaseId)
    if (manifest.app !== app)
      throw new RookeryError(
        'REQUEST_INVALID',
        `body.releaseId: ${releaseId} is a release of ${manifest.app}, not of ${app}`,
      )
    return { revision: manifest.revision, releaseId }
  }

  /** @throws {RookeryError} NOT_FOUND, CONFLICT, RELEASE_REVOKED. */
  async #allowed(releaseId: string): Promise<ReleaseManifest> {
    const { releaseStore, revocations } = this.#dependencies
    const manifest = decodeManifest((await releaseStore.signed(releaseId)).manifest)
    revocations.refuse(manifest)
    return manifest
  }
}

function plain(app: string, seed: number): OrderDraft {
  return {
    ...{ app, seed, kind: 'deploy', revision: null, releaseId: null, rebuild: false, rollbackOf: null, retryOf: null },
    ...{ pools: [], hostNames: [], order: null, prefetch: false, by: null, why: null, breakGlass: null },
  }
}
