import type { Command } from 'commander'
import type { Release } from '../../../proto/http/api.ts'
import type { LogEntry } from '../../../proto/http/logs.ts'
import { sleep } from '../../../runtime/clock.ts'
import { exitCodes, isErrorCode, RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { formatDuration } from '../../terminal/format.ts'
import { LogLineAssembler } from '../../terminal/log-lines.ts'
import { interruptedExitCode } from '../../watch/follow-rollout.ts'
import { describeRelease } from './show.ts'

const pollMs = 300

interface Options {
  readonly rev?: string
  readonly rebuild?: boolean
  readonly wait: boolean
}

export function addReleaseBuildCommand(parent: Command, cli: Cli): void {
  parent
    .command('build <app>')
    .description('build a revision into a release, without deploying it')
    .option('--rev <revision>', 'any name git knows; HEAD without it')
    .option('--rebuild', 'build again even if the revision was built before')
    .option('--no-wait', 'only start it')
    .addHelpText('after', '\nExample:\n  $ rookery release build hello --rev main')
    .action(
      action(cli, async (invocation, app: string, options: Options) => {
        const started = await invocation.api.build({ app, revision: options.rev, rebuild: options.rebuild })
        if (!options.wait) return tellRelease(invocation, started)
        const stopped = new AbortController()
        const release = cli.onStopSignal(() => stopped.abort())
        try {
          return await followBuild(invocation, started, stopped.signal)
        } finally {
          release()
        }
      }),
    )
}

async function followBuild(invocation: Invocation, started: Release, stopped: AbortSignal): Promise<number> {
  const log = new BuildOutput(invocation, started.id)
  let release = started
  try {
    while (release.state === 'building') {
      await sleep(invocation.clock, pollMs, stopped)
      await log.showNew(stopped)
      release = await invocation.api.getRelease(started.id, stopped)
    }
    await log.showNew(stopped)
    log.finish()
  } catch (error) {
    if (!stopped.aborted) throw error
    invocation.output.note(
      `\nStopped watching. The build goes on; see ${invocation.program} release show ${started.id}`,
    )
    return interruptedExitCode
  }
  if (release.failure) throw failureOf(release.failure)
  tellRelease(invocation, release)
  return exitCodes.done
}

function tellRelease({ output, clock }: Invocation, release: Release): void {
  if (output.json) return output.object(release)
  for (const line of describeRelease(release, clock.now())) output.line(line)
  if (release.buildMs !== null) output.note(`built in ${formatDuration(release.buildMs)}`)
}

function failureOf(failure: { code: string; message: string }): RookeryError {
  return new RookeryError(isErrorCode(failure.code) ? failure.code : 'BUILD_FAILED', failure.message)
}

/** The build steps' output, line by line; with --json as log entries. */
class BuildOutput {
  readonly #invocation: Invocation
  readonly #releaseId: string
  readonly #assembler = new LogLineAssembler()
  #lastId = 0

  constructor(invocation: Invocation, releaseId: string) {
    this.#invocation = invocation
    this.#releaseId = releaseId
  }

  async showNew(signal: AbortSignal): Promise<void> {
    const { api } = this.#invocation
    const limit = 1_000
    for (let isMore = true; isMore; ) {
      const query = { release: this.#releaseId, stream: 'build', after: this.#lastId, limit }
      const { entries } = await api.queryLogs(query, signal)
      for (const entry of entries) this.#show(entry)
      isMore = entries.length === limit
    }
  }

  finish(): void {
    for (const line of this.#assembler.flush()) this.#print(line.text)
  }

  #show(entry: LogEntry): void {
    this.#lastId = Math.max(this.#lastId, entry.id)
    if (this.#invocation.output.json) return this.#invocation.output.object(entry)
    for (const line of this.#assembler.add(entry)) this.#print(line.text)
  }

  #print(text: string): void {
    const { output } = this.#invocation
    output.line(output.style('dim', `  | ${output.foreign(text)}`))
  }
}
