import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Rollout, RolloutRequest } from '../../proto/http/api.ts'
import { eventually } from './eventually.ts'
import { Flock, makeRepository } from './flock.ts'
import { freePorts } from './free-ports.ts'
import { type Outcome, rookery } from './process.ts'
import { sampleApp } from './sample-app.ts'

type SampleApp = Parameters<typeof sampleApp>[0]

const pools = { api: ['api-1', 'api-2'], web: ['web-1', 'web-2', 'web-3', 'web-4'] }
const late = ['web-4']
const endPhases: readonly string[] = ['done', 'halted', 'aborted']
/** A host that is gone for so long is judged: time enough for a busy machine, and a test waits for it. */
const graceMs = 2_000

/** A flock whose rollouts are steered: two apps on the same hosts, two zones, and `web-4`, which joins late. */
export class ControlFlock extends Flock {
  readonly #secondPorts: ReadonlyMap<string, number>
  #commits: ReadonlyMap<string, string> = new Map()

  private constructor(secondPorts: ReadonlyMap<string, number>) {
    super({
      pools,
      late,
      coordinator: { 'agents.graceMs': graceMs },
      agents: Object.fromEntries(
        [...secondPorts].map(([host, port]) => {
          return [host, { 'labels.zone': host.endsWith('1') ? 'eu' : 'us', 'environment.SECOND_PORT': String(port) }]
        }),
      ),
    })
    this.#secondPorts = secondPorts
  }

  /** @param revisions of the apps `sample` and `second`, by version; the first two are deployed. */
  static async start(revisions: readonly SampleApp[]): Promise<ControlFlock> {
    const hosts = Object.values(pools).flat()
    const ports = await freePorts(hosts.length)
    const flock = new ControlFlock(new Map(hosts.map((host, index) => [host, ports[index]!])))
    await flock.start()
    const repository = join(flock.directory, 'repository')
    const commits = makeRepository(repository, revisions.map(sampleApp))
    flock.#commits = new Map(revisions.map(({ version }, index) => [version, commits[index]!]))
    await Promise.all(
      ['sample', 'second'].map((app) => flock.api('PUT', `/apps/${app}`, { source: { git: repository } })),
    )
    return flock
  }

  /** The hosts that are there from the beginning. */
  get early(): string[] {
    return this.hosts.filter((host) => !late.includes(host))
  }

  commit(version: string): string {
    return this.#commits.get(version)!
  }

  /** Deploys a version of `sample`. */
  roll(version: string, request: Partial<RolloutRequest> = {}): Promise<string> {
    return this.deploy({ app: 'sample', revision: this.commit(version), ...request })
  }

  override ended(id: string, deadlineMs = 20_000): Promise<Rollout> {
    return super.ended(id, deadlineMs)
  }

  async abortAll(): Promise<void> {
    const rollouts = await this.api<Rollout[]>('GET', '/rollouts')
    const open = rollouts.filter(({ phase, kind }) => kind !== 'converge' && !endPhases.includes(phase))
    await Promise.all(open.map(({ id }) => this.control(id, 'abort').catch(() => undefined)))
  }

  control(id: string, verb: string): Promise<Rollout> {
    return this.api<Rollout>('POST', `/rollouts/${id}/${verb}`, {})
  }

  cli(...args: string[]): Promise<Outcome> {
    return rookery([...args, '--coordinator', this.url], { env: { ROOKERY_USER: 'ada' } })
  }

  /** The rollout once `check` holds for it. */
  until(id: string, what: string, check: (rollout: Rollout) => boolean): Promise<Rollout> {
    return eventually(`${id} ${what}`, async () => {
      const rollout = await this.rollout(id)
      return check(rollout) && rollout
    })
  }

  /** The newest rollout of `sample` of this kind that has the host, once there is one and it has ended. */
  async newest(kind: Rollout['kind'], host: string): Promise<Rollout> {
    const found = await eventually(`a rollout of kind ${kind} with ${host}`, async () => {
      const ofKind = (await this.api<Rollout[]>('GET', '/rollouts?app=sample')).filter((one) => one.kind === kind)
      const rollouts = await Promise.all(ofKind.map(({ id }) => this.rollout(id)))
      return rollouts.find(({ hosts }) => hosts.some((one) => one.host === host))
    })
    return this.ended(found.id)
  }

  /** What each of these hosts serves; `-` where nothing does. */
  serving(hosts: readonly string[] = this.early): Promise<string[]> {
    return Promise.all(
      hosts.map(async (host) => {
        const answer = await fetch(this.appUrl(host, '/')).catch(() => undefined)
        return (await answer?.text()) ?? '-'
      }),
    )
  }

  /** Whether both apps of a host answer that they are ready. */
  async serves(host: string): Promise<boolean> {
    const urls = [this.appUrl(host, '/readyz'), `http://127.0.0.1:${this.#secondPorts.get(host)}/readyz`]
    const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => undefined)))
    return answers.every((answer) => answer?.ok)
  }

  shared(host: string, name: string): string {
    return join(this.hostRoot(host), 'srv/sample/shared', name)
  }

  /** How often the host has started this version. */
  starts(host: string, version: string): number {
    const path = this.shared(host, 'starts')
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    return lines.filter((line) => line === version).length
  }

  /** The version never becomes ready there until it is mended. */
  breakOn(host: string, version: string): void {
    const path = this.shared(host, `broken-${version}`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  }

  mend(host: string, version: string): void {
    rmSync(this.shared(host, `broken-${version}`))
  }
}
