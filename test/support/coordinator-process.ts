import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoordinatorConfig } from '../../coordinator/config.ts'
import { composeCoordinator } from '../../coordinator/service.ts'
import { loadConfig } from '../../runtime/config.ts'
import { Lifecycle } from '../../runtime/lifecycle.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { freePorts } from './free-ports.ts'

/** A whole coordinator in this process, credentials and certificates asked for; tracker and seeder are away. */
export class CoordinatorInProcess {
  readonly directory = mkdtempSync(join(tmpdir(), 'rookery-coordinator-'))
  readonly #lifecycle = new Lifecycle({ logger: silentLogger() })
  port = 0
  fleetPort = 0

  /** @param settings over the ones of a trial. */
  async start(settings: Record<string, unknown> = {}): Promise<void> {
    const [port, fleetPort] = await freePorts(2)
    this.port = port!
    this.fleetPort = fleetPort!
    const { listen = {}, ...others } = settings
    const file = join(this.directory, 'coordinator.yml')
    const config = {
      listen: { port, ...(listen as object) },
      fleet: { listen: { port: fleetPort } },
      dataDirectory: this.data,
      tracker: { controlUrl: 'https://127.0.0.1:1', announceUrls: ['https://127.0.0.1:1/announce'] },
      seeder: { controlUrl: 'https://127.0.0.1:1' },
      ...others,
    }
    writeFileSync(file, JSON.stringify(config))
    await composeCoordinator({
      config: await loadConfig('coordinator', CoordinatorConfig, { file, environment: {}, overrides: [] }),
      ...{ logger: silentLogger(), lifecycle: this.#lifecycle, shutDown: () => {} },
    })
    await this.#lifecycle.start()
  }

  async stop(): Promise<void> {
    await this.#lifecycle.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }

  get data(): string {
    return join(this.directory, 'data')
  }

  /** Of an admin. */
  get token(): string {
    return readFileSync(join(this.data, 'admin-token'), 'utf8').trim()
  }
}
