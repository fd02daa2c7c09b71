import assert from 'node:assert/strict'
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Deploy } from '../../proto/release-manifest.ts'
import { type ObservedRelease, type PhaseReport, PhaseState, phaseName } from '../../proto/session.ts'
import { AgentFixture, activate, desire, SeedFixture } from './agent-fixture.ts'
import { type FixtureRelease, fixtureRelease, type ReleaseOptions } from './release-fixture.ts'
import { SessionFixture } from './session-fixture.ts'

/** One host with its agent, a coordinator's end of the session, and a seeder: what it takes to deploy releases without processes. */
export class AgentCase {
  readonly coordinator = new SessionFixture()
  readonly #directory: string
  readonly #seeder = new SeedFixture()
  readonly #settings: Record<string, unknown>
  #agent: AgentFixture | undefined

  /** @param settings of the agent's configuration, read at each start. */
  constructor(directory: string, settings: Record<string, unknown> = {}) {
    this.#directory = directory
    this.#settings = settings
  }

  get agent(): AgentFixture {
    return this.#agent!
  }

  async start(): Promise<void> {
    await this.#seeder.start()
    await this.coordinator.start()
    const { coordinator } = this
    this.#agent = new AgentFixture({ directory: this.#directory, coordinator, settings: this.#settings })
    await this.#agent.start()
  }

  /** The next agent of this host, as after a reboot when its apps were ended. */
  async restart(): Promise<void> {
    await this.agent.stop()
    await this.agent.start()
  }

  async stop(): Promise<void> {
    await this.agent.stop()
    await this.coordinator.stop()
    await this.#seeder.stop()
  }

  /** A release of one file and its hooks, with no process. */
  release(
    releaseId: string,
    deploy: Partial<Deploy> = {},
    options: Partial<ReleaseOptions> = {},
  ): Promise<FixtureRelease> {
    const built = join(this.#directory, 'built')
    return fixtureRelease(built, { releaseId, files: { 'file.txt': releaseId }, deploy, ...options })
  }

  async fetched(release: FixtureRelease, attemptId = `${release.manifest.releaseId}/fetch`): Promise<PhaseReport> {
    const seed = await this.#seeder.seed(release)
    desire(this.coordinator, release, attemptId)
    await this.coordinator.received('phaseReport', (report) => report.attemptId === attemptId)
    seed.dial(this.agent)
    return this.succeeded(attemptId)
  }

  async activated(release: FixtureRelease, attemptId = `${release.manifest.releaseId}/activate`): Promise<PhaseReport> {
    activate(this.coordinator, release, attemptId)
    return this.succeeded(attemptId)
  }

  async succeeded(attemptId: string): Promise<PhaseReport> {
    const report = await this.coordinator.finalOf(attemptId)
    assert.equal(report.state, PhaseState.PHASE_STATE_SUCCEEDED, `${report.errorCode} ${report.errorMessage}`)
    return report
  }

  async failed(attemptId: string, code: string): Promise<PhaseReport> {
    const report = await this.coordinator.finalOf(attemptId)
    assert.equal(report.errorCode, code, report.errorMessage)
    return report
  }

  /** The phases of an attempt that ended, in order; `!` marks those that failed. */
  phases(attemptId: string): string[] {
    return this.coordinator
      .reportsOf(attemptId)
      .filter(({ state }) => state !== PhaseState.PHASE_STATE_STARTED)
      .map(({ phase, state }) => `${phaseName(phase)}${state === PhaseState.PHASE_STATE_FAILED ? '!' : ''}`)
  }

  get live(): string | undefined {
    return readlinkSync(this.agent.path('current')).split('/').at(-1)
  }

  /** What the last heartbeat told. */
  get observed(): ObservedRelease {
    return this.coordinator.all('heartbeat').at(-1)!.observed[0]!
  }
}
