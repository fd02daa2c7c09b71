import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import { Type } from 'typebox'
import { dashboardPages } from '../../coordinator/api/dashboard-pages.ts'
import type { ApiEvent, App, Efficiency, Host, Release, Rollout, RolloutHost, Straggler } from '../../proto/http/api.ts'
import {
  AppSource,
  BuildRequest,
  ControlRequest,
  Host as HostBody,
  Release as ReleaseBody,
  RevokeRequest,
  Rollout as RolloutBody,
  RolloutRequest,
} from '../../proto/http/api.ts'
import { type LogEntry, type LogPage, LogQuery, LogStreamQuery } from '../../proto/http/logs.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { createHttpServer, type HttpServer, sharedToken } from '../../runtime/http-server.ts'
import { silentLogger } from '../../runtime/logger.ts'

/** A host of a rollout, waiting for its batch. */
export function rolloutHost(host: string, pool: string, changes: Partial<RolloutHost> = {}): RolloutHost {
  return {
    host,
    pool,
    ...{ zone: null, why: '', retries: 0 },
    batch: 1,
    state: 'pending',
    phase: null,
    bytesDone: 0,
    bytesTotal: 1024 * 1024,
    fetchMs: null,
    activateMs: null,
    bytes: null,
    failure: null,
    ...changes,
  }
}

/** A distribution that was close to the bound, with one slow host. */
export function efficiency(changes: Partial<Efficiency> = {}): Efficiency {
  return {
    ...{
      hosts: 32,
      artifactBytes: 1024,
      pieces: 4,
      makespanMs: 14_400,
      boundMs: 13_700,
      ratio: 1.051,
      medianMs: 9_000,
    },
    capacity: { bytesPerSecond: 2_500_000, source: 'configured' },
    bytes: { fromPeers: 1, fromSeeder: 1, fromWebSeed: 0, reused: 0, wasted: 0, uploaded: 1 },
    stragglers: [straggler('web-1')],
    ...changes,
  }
}

export function straggler(host: string): Straggler {
  return {
    ...{ host, cause: 'slowDisk', sentence: `${host} waited for its disk`, tookMs: 30_000, lateMs: 0, mostPeers: 3 },
    ...{ waitedForFirstByteMs: 0, longestStallMs: 0, diskWaitMs: 20_000, bytesPerSecond: 1_000 },
  }
}

export function rollout(changes: Partial<Rollout> = {}): Rollout {
  return {
    id: 'r-1',
    app: 'hello',
    releaseId: 'hello-1',
    revision: '4f2a9c1d2e4f2a9c1d2e4f2a9c1d2e4f2a9c1d2e',
    previousReleaseId: null,
    ...{ kind: 'deploy', rollbackOf: null, retryOf: null, prefetch: false, by: null, why: null, breakGlass: null },
    ...{ waitsFor: null, awaitsPromote: false, order: 'spread', seed: 1, steps: [] },
    phase: 'distributing',
    reason: null,
    pools: ['api', 'web'],
    createdAtMs: Date.UTC(2026, 0, 1),
    startedAtMs: Date.UTC(2026, 0, 1),
    endedAtMs: null,
    batches: [['web-1', 'api-1'], ['web-2']],
    hosts: [rolloutHost('web-1', 'web'), rolloutHost('api-1', 'api'), rolloutHost('web-2', 'web', { batch: 2 })],
    efficiency: null,
    ...changes,
  }
}

/** A coordinator that a test tells what to answer: real HTTP, the real schemas, no fleet. */
export class CoordinatorFixture {
  readonly apps: App[] = []
  readonly releases: Release[] = []
  readonly hosts: Host[] = []
  readonly logs: LogEntry[] = []
  removed: LogPage['removed'] = []
  /** Every request as `METHOD /path?query`, with its body where it has one. */
  readonly requests: { readonly line: string; readonly body: unknown; readonly authorization: string | undefined }[] =
    []
  rollout: Rollout = rollout()
  #server: HttpServer | undefined
  readonly #events: ApiEvent[] = []
  readonly #streams = new Map<ServerResponse, 'events' | 'logs'>()
  #port = 0
  #waiting: (() => void)[] = []

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens; the second time on the same port, as a coordinator that was started again. */
  async start(
    options: { readonly token?: string /** Serve the dashboard, too. */; readonly hasPages?: boolean } = {},
  ): Promise<void> {
    const listen = { host: '127.0.0.1', port: this.#port }
    const authenticate = sharedToken(options.token)
    const server = createHttpServer(
      { listen, authenticate },
      { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined },
    )
    server.addHook('preHandler', async (request) => {
      const { method, url, body, headers } = request
      this.requests.push({ line: `${method} ${url}`, body, authorization: headers.authorization })
      this.#wake()
    })
    await server.register(async (scope) => this.#routes(scope as unknown as HttpServer), { prefix: '/api/v1' })
    if (options.hasPages) await dashboardPages(server)
    await server.listen({ host: '127.0.0.1', port: this.#port })
    this.#port = (server.server.address() as AddressInfo).port
    this.#server = server
  }

  async stop(): Promise<void> {
    for (const stream of this.#streams.keys()) stream.destroy()
    this.#streams.clear()
    await this.#server?.close()
  }

  /** Resolves once `count` watchers of the events are connected. */
  async watched(count = 1): Promise<void> {
    while ([...this.#streams.values()].filter((kind) => kind === 'events').length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Resolves once nobody reads a stream any more. */
  async unwatched(): Promise<void> {
    while (this.#streams.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Resolves once this request has come in. */
  async asked(line: string): Promise<void> {
    while (!this.requests.some((request) => request.line === line)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  emit(type: ApiEvent['type'], data: Record<string, unknown>): void {
    const id = type === 'rollout.progress' ? null : this.#events.length + 1
    const event: ApiEvent = { id, type, atMs: Date.now(), rolloutId: this.rollout.id, app: 'hello', host: null, data }
    if (id !== null) this.#events.push(event)
    this.#send('events', event.type, event.id, event)
  }

  /** Moves the rollout on and tells the watchers. */
  enter(phase: Rollout['phase'], reason: string | null = null, changes: Partial<Rollout> = {}): void {
    this.rollout = { ...this.rollout, ...changes, phase, reason }
    this.emit('rollout.phase', { phase, reason })
  }

  changeHost(name: string, changes: Partial<RolloutHost>): void {
    const hosts = this.rollout.hosts.map((host) => (host.host === name ? { ...host, ...changes } : host))
    this.rollout = { ...this.rollout, hosts }
    this.emit('rollout.host', { ...hosts.find((host) => host.host === name)! })
  }

  log(text: string, changes: Partial<LogEntry> = {}): void {
    const entry: LogEntry = {
      id: this.logs.length + 1,
      rolloutId: this.rollout.id,
      ...{ app: '', host: '', gapLimit: 0, final: false },
      stream: 'build',
      sequence: this.logs.length,
      atMs: Date.UTC(2026, 0, 1),
      text,
      gapBytes: 0,
      ...changes,
    }
    this.logs.push(entry)
    this.#send('logs', 'log', entry.id, entry)
  }

  #send(kind: 'events' | 'logs', type: string, id: number | null, data: unknown): void {
    const text = `event: ${type}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
    for (const [stream, of] of this.#streams) if (of === kind) stream.write(text)
  }

  #routes(server: HttpServer): void {
    this.#objectRoutes(server)
    this.#rolloutRoutes(server)
    server.get('/logs', { schema: { querystring: LogQuery } }, async ({ query }) => {
      const matching = this.#matching(query)
      const entries = query.tail === undefined ? matching.slice(0, query.limit) : matching.slice(-query.tail)
      const next = entries.at(-1)?.id ?? query.after ?? 0
      return { entries, next, previous: 1, done: entries.at(-1) === matching.at(-1), removed: this.removed }
    })
    server.get('/counters', async () => ({
      windows: [
        {
          name: 'fetch_bytes',
          app: 'hello',
          host: 'web-1',
          startMs: Date.now() - 60_000,
          widthMs: 10_000,
          count: 2,
          sum: 6,
          sumOfSquares: 20,
          min: 2,
          max: 4,
        },
      ],
    }))
    server.get('/counters/query', async () => ({
      ...{ fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 0, 1) + 40_000, stepMs: 10_000 },
      series: [
        {
          ...{ name: 'web.requests', app: 'hello', host: null, pool: null, hosts: 2, function: 'rate' },
          values: [1, null, 2.5, 4],
        },
      ],
      omitted: 0,
      marks: [
        {
          ...{
            atMs: Date.UTC(2026, 0, 1) + 20_000,
            app: 'hello',
            rolloutId: 'r-1',
            releaseId: 'hello-1',
            kind: 'started',
          },
          text: 'rollout of hello to hello-1 began',
        },
      ],
    }))
    server.get('/logs/stream', { schema: { querystring: LogStreamQuery } }, (request, reply) => {
      reply.hijack()
      const after = Number(request.headers['last-event-id'] ?? request.query.after ?? Number.POSITIVE_INFINITY)
      this.#open(reply.raw, 'logs')
      for (const entry of this.#matching({ ...request.query, after })) this.#send('logs', 'log', entry.id, entry)
    })
    server.get('/events', (request, reply) => {
      reply.hijack()
      const after = Number(request.headers['last-event-id'] ?? Number.POSITIVE_INFINITY)
      this.#open(reply.raw, 'events')
      for (const event of this.#events) if ((event.id ?? 0) > after) this.#send('events', event.type, event.id, event)
    })
  }

  #objectRoutes(server: HttpServer): void {
    server.get('/apps', async () => this.apps)
    server.put('/apps/:app', { schema: { body: Type.Object({ source: AppSource }) } }, async ({ params, body }) => {
      const app: App = { name: (params as { app: string }).app, source: body.source, desiredReleaseId: null }
      this.apps.push(app)
      return app
    })
    server.post('/releases', { schema: { body: BuildRequest, response: { 202: ReleaseBody } } }, async (_, reply) =>
      reply.status(202).send(this.releases[0]!),
    )
    server.get('/releases', async () => this.releases)
    server.get('/releases/:id', async ({ params }) =>
      found(
        this.releases.find((it) => it.id === idOf(params)),
        params,
      ),
    )
    server.post('/releases/:id/verify', async ({ params }) => ({
      releaseId: idOf(params),
      ok: false,
      checks: [{ name: 'sha256', ok: false, detail: 'differs from the manifest' }],
    }))
    server.post('/releases/:id/revoke', { schema: { body: RevokeRequest } }, async ({ params, body }) => {
      const release = found(
        this.releases.find((it) => it.id === idOf(params)),
        params,
      )
      return { ...release, revoked: { releaseId: release.id, reason: body.reason, by: body.by ?? null, atMs: 0 } }
    })
    server.get('/hosts', { schema: { response: { 200: Type.Array(HostBody) } } }, async () => this.hosts)
    server.get('/hosts/:id', async ({ params }) =>
      found(
        this.hosts.find((it) => it.name === idOf(params)),
        params,
      ),
    )
    for (const verb of ['drain', 'undrain']) {
      server.post(`/hosts/:id/${verb}`, async ({ params }) => {
        const host = found(
          this.hosts.find((it) => it.name === idOf(params)),
          params,
        )
        host.drained = verb === 'drain'
        return host
      })
    }
    server.delete('/hosts/:id', async (_, reply) => reply.status(204).send())
  }

  #rolloutRoutes(server: HttpServer): void {
    const body = Type.Union([ControlRequest, Type.Null()])
    server.post('/rollouts', { schema: { body: RolloutRequest, response: { 202: RolloutBody } } }, async (_, reply) =>
      reply.status(202).send(this.rollout),
    )
    server.get('/rollouts', async () => [this.rollout])
    server.get('/rollouts/:id', { schema: { response: { 200: RolloutBody } } }, async ({ params }) =>
      found(this.rollout.id === idOf(params) ? this.rollout : undefined, params),
    )
    for (const verb of ['pause', 'resume', 'promote', 'abort', 'leave', 'rollback', 'retry']) {
      server.post(`/rollouts/:id/${verb}`, { schema: { body } }, async ({ params }) =>
        found(this.rollout.id === idOf(params) ? this.rollout : undefined, params),
      )
    }
  }

  #matching(query: LogQuery): LogEntry[] {
    const { rollout: rolloutId, host, stream, after = 0 } = query
    return this.logs.filter(
      (entry) =>
        entry.id > after &&
        (rolloutId === undefined || entry.rolloutId === rolloutId) &&
        (host === undefined || entry.host === host) &&
        (stream === undefined || entry.stream === stream),
    )
  }

  #open(response: ServerResponse, kind: 'events' | 'logs'): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': open\n\n')
    this.#streams.set(response, kind)
    response.on('close', () => {
      this.#streams.delete(response)
      this.#wake()
    })
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

function idOf(params: unknown): string {
  return (params as { id: string }).id
}

function found<T>(value: T | undefined, params: unknown): T {
  if (value === undefined) throw new RookeryError('NOT_FOUND', `there is no ${idOf(params)}`)
  return value
}
