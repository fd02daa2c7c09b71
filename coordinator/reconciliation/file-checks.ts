import type { FileCheck } from '../../proto/http/fleet.ts'
import { CommandKind, type CoordinatorDraft, type VerifyReport } from '../../proto/session.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { KnownHost } from '../session/host-registry.ts'

interface Options {
  /** Agents that compare at once, over all hosts. */
  readonly parallel: number
  /** For each answer: a tree of many gigabytes is read from a slow disk in that time. */
  readonly deadlineMs: number
}

interface Dependencies {
  /** Sends to a host's agent; false when it is away. */
  readonly send: (host: string, draft: CoordinatorDraft) => boolean
  readonly clock: Clock
  readonly random: Random
}

interface Question {
  readonly host: string
  readonly app: string
  readonly releaseId: string
}

interface Asked {
  readonly host: string
  readonly resolve: (check: FileCheck) => void
  readonly question: Question
  readonly deadline: Timer
}

export const fileCheckOptions: Options = { parallel: 20, deadlineMs: 5 * 60_000 }

/** Has agents compare their live releases with what was unpacked, a few at a time, and keeps the last answer of each. */
export class FileChecks {
  readonly #options: Options
  readonly #dependencies: Dependencies
  /** By attempt id. */
  readonly #asked = new Map<string, Asked>()
  readonly #waiting: (() => void)[] = []
  #busy = 0
  readonly #last = new Map<string, FileCheck>()

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** The last answer of each host and app. In memory alone: whoever wants to know after a restart asks again. */
  get last(): FileCheck[] {
    return [...this.#last.values()]
  }

  /** Every live release of these hosts. Resolves once each has answered, or is away, or let its deadline pass. */
  async check(hosts: readonly KnownHost[]): Promise<FileCheck[]> {
    const checks = hosts.map(async ({ name: host, connected, observed }) => {
      if (!connected) return [this.#unanswered({ host, app: null, releaseId: null }, 'away', 'no agent is connected')]
      const live = observed.flatMap(({ app, liveReleaseId: releaseId }) =>
        releaseId === null ? [] : { app, releaseId },
      )
      return Promise.all(live.map((release) => this.#inTurn({ host, ...release })))
    })
    return (await Promise.all(checks)).flat()
  }

  /** An agent has answered. */
  answered(host: string, report: VerifyReport): void {
    const asked = this.#asked.get(report.attemptId)
    if (asked?.host !== host) return
    const { question } = asked
    if (report.errorCode !== '')
      return this.#settle(report.attemptId, this.#unanswered(question, 'failed', report.errorMessage))
    this.#settle(report.attemptId, { ...question, ...verdictOf(report), atMs: this.#dependencies.clock.now() })
  }

  /** An agent is gone; it forgets what it was asked. */
  went(host: string): void {
    for (const [attemptId, asked] of this.#asked)
      if (asked.host === host)
        this.#settle(attemptId, this.#unanswered(asked.question, 'away', 'its agent went before it answered'))
  }

  async #inTurn(question: Question): Promise<FileCheck> {
    if (this.#busy >= this.#options.parallel) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#busy++
    try {
      const check = await this.#ask(question)
      // That nobody can tell now takes nothing back.
      if (check.result === 'intact' || check.result === 'changed')
        this.#last.set(`${question.host}/${question.app}`, check)
      return check
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy--
    }
  }

  #ask(question: Question): Promise<FileCheck> {
    const { send, clock, random } = this.#dependencies
    const { host, app, releaseId } = question
    const attemptId = `verify/${Buffer.from(random.bytes(8)).toString('hex')}`
    return new Promise((resolve) => {
      const deadline = clock.after(this.#options.deadlineMs, () => this.#late(attemptId))
      this.#asked.set(attemptId, { host, question, resolve, deadline })
      const command = { attemptId, rolloutId: '', kind: CommandKind.COMMAND_KIND_VERIFY, app, releaseId }
      if (!send(host, { command })) this.#settle(attemptId, this.#unanswered(question, 'away', 'no agent is connected'))
    })
  }

  /** It need not read on: nobody waits any more. */
  #late(attemptId: string): void {
    const { host, question } = this.#asked.get(attemptId)!
    const { app, releaseId } = question
    const cancel = { attemptId: `${attemptId}/cancel`, rolloutId: '', app, releaseId, cancelsAttemptId: attemptId }
    this.#dependencies.send(host, { command: { ...cancel, kind: CommandKind.COMMAND_KIND_CANCEL } })
    const detail = `no answer came within ${this.#options.deadlineMs / 1_000} s`
    this.#settle(attemptId, this.#unanswered(question, 'failed', detail))
  }

  #settle(attemptId: string, check: FileCheck): void {
    const asked = this.#asked.get(attemptId)!
    this.#asked.delete(attemptId)
    asked.deadline.cancel()
    asked.resolve(check)
  }

  #unanswered(
    about: Pick<FileCheck, 'host' | 'app' | 'releaseId'>,
    result: 'away' | 'failed',
    detail: string,
  ): FileCheck {
    return { ...about, result, changed: 0, files: 0, paths: [], detail, atMs: this.#dependencies.clock.now() }
  }
}

function verdictOf(report: VerifyReport): Pick<FileCheck, 'result' | 'changed' | 'files' | 'paths' | 'detail'> {
  const { intact, differences, differencesTotal, files } = report
  const paths = differences.map(({ path, what }) => ({ path, what })).filter(({ what }) => what !== 'extra')
  if (intact)
    return { result: 'intact', changed: 0, files, paths: [], detail: `${files} entries are as they were unpacked` }
  const added = differences.length - paths.length
  const changed =
    differences.length < differencesTotal ? Math.max(paths.length, differencesTotal - added) : paths.length
  const first = paths.slice(0, 3).map(({ path, what }) => `${path} (${what})`)
  const more = changed > first.length ? `, and ${changed - first.length} more` : ''
  const detail = `${report.releaseId} is not as it was unpacked: ${first.join(', ')}${more}`
  return { result: 'changed', changed, files, paths, detail }
}
