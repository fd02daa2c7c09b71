import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentParts, composeParts } from '../../peer-agent/composition.ts'
import { AgentConfig } from '../../peer-agent/config.ts'
import { CommandKind } from '../../proto/session.ts'
import { systemClock } from '../../runtime/clock.ts'
import { Lifecycle } from '../../runtime/lifecycle.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { systemRandom } from '../../runtime/random.ts'
import { schemaIssues } from '../../runtime/yaml-document.ts'
import { agentPeerIdPrefix, SwarmSession, seederPeerIdPrefix, type Transfer } from '../../swarm/index.ts'
import { type FixtureRelease, fixturePublicKey } from './release-fixture.ts'
import type { SessionFixture } from './session-fixture.ts'

const dependencies = { clock: systemClock, random: systemRandom, logger: silentLogger() }
const loopback = { host: '127.0.0.1', port: 0 }

interface AgentOptions {
  readonly directory: string
  readonly coordinator: SessionFixture
  readonly environment?: Record<string, string>
  readonly agentEnvironment?: Record<string, string>
  /** As in the configuration. */
  readonly swarm?: Record<string, unknown>
  /** Over all others of the configuration, from each start on; undefined takes one away. */
  readonly settings?: Record<string, unknown>
}

/** A whole agent in this process: real swarm, real session, real apps. Started again on the same directory it is the next agent. */
export class AgentFixture {
  readonly #options: AgentOptions
  #lifecycle: Lifecycle | undefined
  #swarm: SwarmSession | undefined
  parts: AgentParts | undefined

  constructor(options: AgentOptions) {
    this.#options = options
  }

  /** Where the app of the fixture's releases is deployed. */
  path(...parts: string[]): string {
    return join(this.#options.directory, 'root/srv/hello', ...parts)
  }

  data(...parts: string[]): string {
    return join(this.#options.directory, 'data', ...parts)
  }

  async start(): Promise<void> {
    const { directory, coordinator, environment = {}, agentEnvironment = {}, swarm = {}, settings } = this.#options
    mkdirSync(this.data(), { recursive: true })
    const trustedKeysFile = join(directory, 'trusted.pem')
    writeFileSync(trustedKeysFile, fixturePublicKey)
    const all: Record<string, unknown> = {
      host: 'web-1',
      pools: ['web', 'api'],
      coordinator: { url: coordinator.url },
      trustedKeysFile,
      dataDirectory: this.data(),
      deployRoot: join(directory, 'root'),
      environment,
      swarm,
      ...settings,
    }
    const config = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    const issues = schemaIssues(config, AgentConfig)
    if (issues.length > 0) throw new Error(JSON.stringify(issues))
    this.#swarm = new SwarmSession({ listen: loopback, peerIdPrefix: agentPeerIdPrefix }, dependencies)
    this.#lifecycle = new Lifecycle({ logger: dependencies.logger })
    this.#lifecycle.add(this.#swarm)
    this.parts = await composeParts(config as unknown as AgentConfig, {
      ...dependencies,
      swarm: this.#swarm,
      agentEnvironment: { ...process.env, ...agentEnvironment },
    })
    for (const component of this.parts.components) this.#lifecycle.add(component)
    await this.#lifecycle.start()
    const { sessions } = coordinator
    await coordinator.until(
      'a session',
      () => (coordinator.isConnected && coordinator.sessions >= sessions) || undefined,
    )
  }

  async stop(): Promise<void> {
    await this.#lifecycle?.stop()
    this.#lifecycle = undefined
  }

  get transfers(): readonly Transfer[] {
    return this.#swarm!.transfers
  }

  get swarmAddress(): string {
    return `127.0.0.1:${this.#swarm!.port}`
  }
}

/** A seeder of the swarm that dials the agent itself, where in a fleet the tracker would bring them together. */
export class SeedFixture {
  readonly session = new SwarmSession({ listen: loopback, peerIdPrefix: seederPeerIdPrefix }, dependencies)

  async start(): Promise<void> {
    await this.session.start()
  }

  async seed(release: FixtureRelease): Promise<{ dial(agent: AgentFixture): void }> {
    const transfer = this.session.add({
      metainfo: release.metainfo,
      directory: release.directory,
      fileName: release.manifest.artifact.fileName,
      isReadOnly: true,
    })
    await transfer.completed
    return { dial: (agent) => transfer.addPeers([agent.swarmAddress]) }
  }

  async stop(): Promise<void> {
    await this.session.stop()
  }
}

export function desire(coordinator: SessionFixture, release: FixtureRelease, attemptId: string, repair = false): void {
  const { manifest, manifestBytes, signature, torrent } = release
  const { app, releaseId } = manifest
  const signed = { manifest: manifestBytes, signature, torrent }
  coordinator.send({ desiredRelease: { attemptId, rolloutId: 'ro-1', app, releaseId, ...signed, repair } })
}

export function activate(coordinator: SessionFixture, release: FixtureRelease, attemptId: string): void {
  const { app, releaseId } = release.manifest
  const kind = CommandKind.COMMAND_KIND_ACTIVATE
  coordinator.send({ command: { attemptId, rolloutId: 'ro-1', kind, app, releaseId, batch: 2 } })
}

export function cancel(coordinator: SessionFixture, release: FixtureRelease, cancelsAttemptId: string): void {
  const { app, releaseId } = release.manifest
  const kind = CommandKind.COMMAND_KIND_CANCEL
  const attemptId = `${cancelsAttemptId}/cancel`
  coordinator.send({ command: { attemptId, rolloutId: 'ro-1', kind, app, releaseId, cancelsAttemptId } })
}
