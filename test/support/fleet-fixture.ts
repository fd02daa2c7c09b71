import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { type Authority, requestedKey } from '../../coordinator/identity/authority.ts'
import { AuthorityConfig } from '../../coordinator/identity/config.ts'
import { composeFleetPort, type FleetPort } from '../../coordinator/identity/fleet-parts.ts'
import type { TrustAction } from '../../coordinator/identity/fleet-server.ts'
import { composeIdentity, type IdentityParts } from '../../coordinator/identity/identity-parts.ts'
import { type Database, openDatabase } from '../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../coordinator/store/sqlite.ts'
import type { JoinTokenRequest } from '../../proto/http/identity.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { systemRandom } from '../../runtime/random.ts'
import { schemaIssues } from '../../runtime/yaml-document.ts'
import { type Enrolled, enrol } from '../../trust/enrolment.ts'
import type { Identity } from '../../trust/identity.ts'
import { parseJoinToken } from '../../trust/join-token.ts'
import { createSigningRequest } from '../../trust/signing-request.ts'
import { TlsIdentity } from '../../trust/tls-identity.ts'

export const host = (name: string): Identity => ({ kind: 'host', name })
export const seeder: Identity = { kind: 'service', name: 'seeder' }

/** A coordinator's fleet port with its real authority and store, in this process; no rollouts behind it. */
export class FleetFixture {
  readonly directory = mkdtempSync(join(tmpdir(), 'rookery-fleet-'))
  readonly actions: TrustAction[] = []
  readonly #clock: Clock
  parts!: IdentityParts
  port!: FleetPort
  database!: Database

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** @param settings of `identity` in the configuration. */
  async start(settings: Record<string, unknown> = {}): Promise<void> {
    const config = { ...settings }
    const issues = schemaIssues(config, AuthorityConfig)
    if (issues.length > 0) throw new Error(JSON.stringify(issues))
    const dependencies = { clock: this.#clock, random: systemRandom, logger: silentLogger() }
    this.database = await openDatabase(sqliteFlavor(join(this.directory, 'coordinator.sqlite')))
    this.parts = await composeIdentity(
      { dataDirectory: this.directory, config: config as never, addresses: [], releaseKeys: 'the keys of releases' },
      { ...dependencies, database: this.database },
    )
    const nothing = new Proxy({}, { get: () => () => Promise.reject(new RookeryError('NOT_FOUND', 'no such release')) })
    this.port = await composeFleetPort(
      { host: '127.0.0.1', port: 0 },
      {
        ...{ identity: this.parts, metrics: new Registry(), ...dependencies, notReady: () => undefined },
        artifacts: { releaseStore: nothing, releaseFiles: nothing, webSeedCap: nothing, clock: this.#clock } as never,
        record: async (action) => void this.actions.push(action),
      },
    )
    await this.parts.component.start()
    await this.parts.enrolments.start()
    await this.port.component.start()
  }

  async stop(): Promise<void> {
    await this.port.component.stop()
    await this.parts.enrolments.stop()
    await this.parts.component.stop()
    await this.database.destroy()
    rmSync(this.directory, { recursive: true, force: true })
  }

  get url(): URL {
    const { port } = this.port.server.address() as AddressInfo
    return new URL(`https://127.0.0.1:${port}`)
  }

  async token(request: JoinTokenRequest = { pools: '*' }): Promise<string> {
    return (await this.parts.joinTokens.create(request, 'test')).token
  }

  async enrol(identity: Identity, request?: JoinTokenRequest): Promise<Enrolled> {
    const asked =
      request ?? (identity.kind === 'host' ? { pools: '*' as const } : { service: identity.name as 'seeder' })
    return enrol(this.url, parseJoinToken(await this.token(asked)), identity, this.#clock)
  }

  async identity(identity: Identity, request?: JoinTokenRequest): Promise<TlsIdentity> {
    const { credentials, bundle } = await this.enrol(identity, request)
    return new TlsIdentity(credentials, bundle, this.#clock)
  }
}

/** What an authority certifies without asking who it is: for certificates that nobody should take. */
export async function certified(authority: Authority, identity: Identity, clock: Clock, lifetimeMs = 3_600_000) {
  const { key, request } = await createSigningRequest(identity)
  const { certificate } = await authority.issue({ identity, publicKey: await requestedKey(request), lifetimeMs })
  const bundle = { version: 1, authorities: [authority.certificate], revokedSerials: [] }
  return new TlsIdentity({ key, certificate }, bundle, clock)
}
