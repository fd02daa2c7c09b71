import type {
  ApiEvent,
  App,
  AppSource,
  BuildRequest,
  ControlRequest,
  CounterQuery,
  CounterWindow,
  Freeze,
  Hold,
  HoldRequest,
  Host,
  LimitsRequest,
  LimitsRule,
  LimitsSelection,
  PhaseResult,
  Release,
  ReleaseHoldsQuery,
  ReleaseVerification,
  RevokeRequest,
  Rollout,
  RolloutPreview,
  RolloutRequest,
  RolloutSummary,
} from '../../proto/http/api.ts'
import type { CounterAnswer, CounterSeriesQuery } from '../../proto/http/counters.ts'
import type {
  FleetCheck,
  FleetCheckRequest,
  FleetRepair,
  FleetRepairRequest,
  ServiceReport,
} from '../../proto/http/fleet.ts'
import type { CertifiedIdentity, CreatedJoinToken, JoinToken, JoinTokenRequest } from '../../proto/http/identity.ts'
import type { LogEntry, LogPage, LogQuery, LogStreamQuery } from '../../proto/http/logs.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isErrorCode, RookeryError } from '../../runtime/errors.ts'
import { systemRandom } from '../../runtime/random.ts'
import { followStream, type StreamDependencies, type StreamOptions } from './event-stream.ts'
import { type ApiRequest, callApi, type Endpoint } from './http.ts'

interface ListQuery {
  readonly app?: string
  readonly limit?: number
}

/** An item of a followed stream, its payload parsed. */
export type Followed<T> =
  | { readonly kind: 'open' }
  | { readonly kind: 'item'; readonly item: T }
  | { readonly kind: 'lost'; readonly error: RookeryError }

/** Hashing an artifact of many gigabytes takes minutes. */
const verifyTimeoutMs = 30 * 60_000

/**
 * The coordinator's HTTP API, one method a route; bodies are those of proto/http/api.ts.
 * Every method rejects with a RookeryError: the code of the problem document, or UNREACHABLE.
 */
export class ApiClient {
  readonly endpoint: Endpoint
  readonly #dependencies: StreamDependencies

  constructor(endpoint: Endpoint, dependencies: StreamDependencies = { clock: systemClock, random: systemRandom }) {
    if (!URL.canParse(endpoint.url) || !/^https?:/.test(endpoint.url)) {
      throw new RookeryError('USAGE', `${endpoint.url} is no http(s) URL of a coordinator`)
    }
    this.endpoint = endpoint
    this.#dependencies = dependencies
  }

  listApps(): Promise<App[]> {
    return this.#call({ path: '/apps' })
  }

  putApp(name: string, source: AppSource): Promise<App> {
    return this.#call({ method: 'PUT', path: `/apps/${part(name)}`, body: { source } })
  }

  /** Starts a build, or finds the release of an earlier one; the release may still be building. */
  build(request: BuildRequest): Promise<Release> {
    return this.#call({ method: 'POST', path: '/releases', body: request })
  }

  listReleases(query: ListQuery): Promise<Release[]> {
    return this.#call({ path: '/releases', query })
  }

  getRelease(id: string, signal?: AbortSignal): Promise<Release> {
    return this.#call({ path: `/releases/${part(id)}`, signal })
  }

  verifyRelease(id: string): Promise<ReleaseVerification> {
    return this.#call({ method: 'POST', path: `/releases/${part(id)}/verify`, timeoutMs: verifyTimeoutMs })
  }

  /** Lets it, and the releases of its app that were created before it, go live nowhere any more. */
  revokeRelease(id: string, request: RevokeRequest): Promise<Release> {
    return this.#call({ method: 'POST', path: `/releases/${part(id)}/revoke`, body: request })
  }

  startRollout(request: RolloutRequest): Promise<Rollout> {
    return this.#call({ method: 'POST', path: '/rollouts', body: request })
  }

  /** What it would do, without doing it. */
  previewRollout(request: RolloutRequest): Promise<RolloutPreview> {
    return this.#call({ method: 'POST', path: '/rollouts/preview', body: request })
  }

  listRollouts(query: ListQuery): Promise<RolloutSummary[]> {
    return this.#call({ path: '/rollouts', query })
  }

  getRollout(id: string, signal?: AbortSignal): Promise<Rollout> {
    return this.#call({ path: `/rollouts/${part(id)}`, signal })
  }

  /** How each phase ended on each host, or on this one, oldest first. */
  phaseResults(id: string, host: string): Promise<PhaseResult[]> {
    return this.#call({ path: `/rollouts/${part(id)}/phases`, query: { host } })
  }

  controlRollout(
    id: string,
    action: 'pause' | 'resume' | 'abort' | 'promote',
    { reason, by }: ControlRequest,
  ): Promise<Rollout> {
    return this.#call({ method: 'POST', path: `/rollouts/${part(id)}/${action}`, body: { reason, by } })
  }

  /** Resolves with the new rollout, which takes the given one back. */
  rollBack(id: string, { reason, by }: ControlRequest): Promise<Rollout> {
    return this.#call({ method: 'POST', path: `/rollouts/${part(id)}/rollback`, body: { reason, by } })
  }

  /** Resolves with the rollout itself where it waits for an operator, else with a new one of its failed hosts. */
  retryRollout(id: string, { reason, by }: ControlRequest): Promise<Rollout> {
    return this.#call({ method: 'POST', path: `/rollouts/${part(id)}/retry`, body: { reason, by } })
  }

  /** Refused with CONFLICT when the rollout has started. */
  leaveQueue(id: string, by?: string): Promise<Rollout> {
    return this.#call({ method: 'POST', path: `/rollouts/${part(id)}/leave`, body: { by } })
  }

  listHolds(): Promise<Hold[]> {
    return this.#call({ path: '/locks' })
  }

  hold(request: HoldRequest): Promise<Hold> {
    return this.#call({ method: 'POST', path: '/locks', body: request })
  }

  releaseHold(id: string, by?: string): Promise<Hold> {
    return this.#call({ method: 'DELETE', path: `/locks/${part(id)}`, query: { by } })
  }

  /** Resolves with the holds that were released. */
  releaseHolds(query: ReleaseHoldsQuery): Promise<Hold[]> {
    return this.#call({ method: 'DELETE', path: '/locks', query })
  }

  listFreezes(): Promise<Freeze[]> {
    return this.#call({ path: '/freezes' })
  }

  listHosts(): Promise<Host[]> {
    return this.#call({ path: '/hosts' })
  }

  getHost(name: string): Promise<Host> {
    return this.#call({ path: `/hosts/${part(name)}` })
  }

  setDrained(name: string, drained: boolean): Promise<Host> {
    return this.#call({ method: 'POST', path: `/hosts/${part(name)}/${drained ? 'drain' : 'undrain'}` })
  }

  forgetHost(name: string): Promise<void> {
    return this.#call({ method: 'DELETE', path: `/hosts/${part(name)}` })
  }

  listJoinTokens(): Promise<JoinToken[]> {
    return this.#call({ path: '/join-tokens' })
  }

  createJoinToken(request: JoinTokenRequest): Promise<CreatedJoinToken> {
    return this.#call({ method: 'POST', path: '/join-tokens', body: request })
  }

  revokeJoinToken(id: string): Promise<JoinToken> {
    return this.#call({ method: 'DELETE', path: `/join-tokens/${part(id)}` })
  }

  listIdentities(): Promise<CertifiedIdentity[]> {
    return this.#call({ path: '/identities' })
  }

  revokeIdentity(kind: 'host' | 'service', name: string, reason?: string): Promise<void> {
    return this.#call({ method: 'POST', path: `/identities/${kind}/${part(name)}/revoke`, body: { reason } })
  }

  /** The coordinator, and how it meets tracker and seeder. */
  checkServices(): Promise<ServiceReport> {
    return this.#call({ path: '/fleet/services' })
  }

  /** How hosts differ from what they should be; with `digests`, answers when every host has read its files. */
  checkFleet(request: FleetCheckRequest): Promise<FleetCheck> {
    return this.#call({ method: 'POST', path: '/fleet/check', body: request, timeoutMs: verifyTimeoutMs })
  }

  /** Resolves with what was begun for each difference. */
  repairFleet(request: FleetRepairRequest): Promise<FleetRepair[]> {
    return this.#call({ method: 'POST', path: '/fleet/repair', body: request })
  }

  listLimits(): Promise<LimitsRule[]> {
    return this.#call({ path: '/distribution/limits' })
  }

  /** Resolves with all rules. */
  setLimits(request: LimitsRequest): Promise<LimitsRule[]> {
    return this.#call({ method: 'PUT', path: '/distribution/limits', body: request })
  }

  clearLimits(query: LimitsSelection): Promise<LimitsRule[]> {
    return this.#call({ method: 'DELETE', path: '/distribution/limits', query })
  }

  /** One page of the log, oldest first; `next` is the cursor of the page after it, `done` says that there is none. */
  queryLogs(query: LogQuery, signal?: AbortSignal): Promise<LogPage> {
    return this.#call({ path: '/logs', query, signal })
  }

  async queryCounters(query: CounterQuery): Promise<CounterWindow[]> {
    const { windows } = await this.#call<{ windows: CounterWindow[] }>({ path: '/counters', query })
    return windows
  }

  /** Counters over time. */
  counterSeries(query: Partial<CounterSeriesQuery>): Promise<CounterAnswer> {
    return this.#call({ path: '/counters/query', query })
  }

  followEvents(query: { rollout?: string }, options: StreamOptions): AsyncGenerator<Followed<ApiEvent>> {
    return this.#follow({ path: '/events', query }, options)
  }

  followLogs(query: LogStreamQuery, options: StreamOptions): AsyncGenerator<Followed<LogEntry>> {
    return this.#follow({ path: '/logs/stream', query }, options)
  }

  async *#follow<T>(request: ApiRequest, options: StreamOptions): AsyncGenerator<Followed<T>> {
    for await (const item of followStream(this.endpoint, request, options, this.#dependencies)) {
      if (item.kind !== 'message') yield item
      else if (item.message.event === 'problem') throw problem(JSON.parse(item.message.data))
      else yield { kind: 'item', item: JSON.parse(item.message.data) as T }
    }
  }

  async #call<T>(request: ApiRequest): Promise<T> {
    return (await callApi(this.endpoint, request)) as T
  }
}

/** Why a stream that had begun cannot go on. */
function problem({ code, detail }: { readonly code: string; readonly detail: string }): RookeryError {
  return new RookeryError(isErrorCode(code) ? code : 'INTERNAL', detail)
}

function part(name: string): string {
  return encodeURIComponent(name)
}
