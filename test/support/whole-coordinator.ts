import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoordinatorConfig } from '../../coordinator/config.ts'
import { composeCoordinator } from '../../coordinator/service.ts'
import { loadConfig } from '../../runtime/config.ts'
import { Lifecycle } from '../../runtime/lifecycle.ts'
import { type Logger, silentLogger } from '../../runtime/logger.ts'
import { freePorts } from './free-ports.ts'

interface Options {
  /** More settings, over those of a coordinator on loopback with the app `hello`. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Beyond loopback it speaks TLS. */
  readonly host?: string
  /** Files of its certificate. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string }
  readonly logger?: Logger
  /** Its data; a new directory without it. */
  readonly directory?: string
}

interface Ports {
  readonly port: number
  readonly fleetPort: number
}

/** An answer, with its JSON where it has one. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever came
  readonly body: any
}

/** A whole coordinator in this process; no agent ever comes, and tracker and seeder are away. */
export class WholeCoordinator {
  readonly directory: string
  readonly url: string
  /** Of its first admin; empty with `access: open`. */
  readonly adminToken: string
  readonly port: number
  readonly fleetPort: number
  readonly #lifecycle: Lifecycle

  private constructor(directory: string, url: string, ports: Ports, adminToken: string, lifecycle: Lifecycle) {
    this.directory = directory
    this.url = url
    this.port = ports.port
    this.fleetPort = ports.fleetPort
    this.adminToken = adminToken
    this.#lifecycle = lifecycle
  }

  static async start({
    settings = {},
    host = '127.0.0.1',
    tls,
    logger = silentLogger(),
    directory,
  }: Options = {}): Promise<WholeCoordinator> {
    const dataDirectory = directory ?? (await mkdtemp(join(tmpdir(), 'rookery-coordinator-')))
    const [port, fleetPort] = await freePorts(2)
    const file = join(dataDirectory, 'coordinator.yml')
    const all = {
      ...{ listen: { host, port, ...(tls && { tls }) }, fleet: { listen: { port: fleetPort } }, dataDirectory },
      tracker: { controlUrl: 'http://127.0.0.1:1', announceUrls: ['http://127.0.0.1:1/announce'] },
      seeder: { controlUrl: 'http://127.0.0.1:1' },
      apps: { hello: { directory: join(import.meta.dirname, '../../examples/hello') } },
      ...settings,
    }
    await writeFile(file, JSON.stringify(all))
    const lifecycle = new Lifecycle({ logger })
    try {
      const config = await loadConfig('coordinator', CoordinatorConfig, { file, environment: {}, overrides: [] })
      await composeCoordinator({ config, logger, lifecycle, shutDown: () => {} })
      await lifecycle.start()
    } catch (error) {
      if (directory === undefined) await rm(dataDirectory, { recursive: true, maxRetries: 5 })
      throw error
    }
    const token = await readFile(join(dataDirectory, 'admin-token'), 'utf8').catch(() => '')
    const protocol = host === '127.0.0.1' && !tls ? 'http' : 'https'
    const ports = { port: port!, fleetPort: fleetPort! }
    return new WholeCoordinator(dataDirectory, `${protocol}://127.0.0.1:${port}`, ports, token.trim(), lifecycle)
  }

  /** One call below /api/v1; `token` null sends none, and without it the admin calls. */
  async call(
    method: string,
    path: string,
    { body, token = this.adminToken, headers = {} }: CallOptions = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = /json\b/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
  }

  /** A token that the admin makes. */
  async tokenOf(role: string, apps?: readonly string[] | '*', expiresInMs?: number): Promise<string> {
    const { status, body } = await this.call('POST', '/tokens', { body: { name: role, role, apps, expiresInMs } })
    if (status !== 201) throw new Error(`no token: ${JSON.stringify(body)}`)
    return body.token
  }

  /** Stops it; its data stays. */
  stop(): Promise<void> {
    return this.#lifecycle.stop()
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.directory, { recursive: true, maxRetries: 5 })
  }
}

interface CallOptions {
  readonly body?: unknown
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}
