import type { AgentDraft, Command } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError, toRookeryError } from '../../runtime/errors.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { ReleaseGate } from '../releases/release-gate.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import { readTreeList } from '../unpack/tree-list.ts'
import { type TreeVerdict, verifyTree } from './verify-tree.ts'

interface Dependencies {
  readonly store: ReleaseStore
  readonly gate: ReleaseGate
  readonly send: (draft: AgentDraft) => void
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Answers the coordinator's question whether a live release is still what was unpacked. One tree is read at a time, beside
 * everything else the agent does; nothing of it is kept.
 */
export class Verifier {
  readonly #dependencies: Dependencies
  /** Running or waiting, by attempt id. */
  readonly #underWay = new Map<string, AbortController>()
  readonly #stopping = new AbortController()
  #last: Promise<void> = Promise.resolve()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** One that is under way is not begun again. */
  verify(command: Command): void {
    const { attemptId } = command
    if (this.#underWay.has(attemptId)) return
    const abort = new AbortController()
    this.#underWay.set(attemptId, abort)
    this.#last = this.#last.then(() => this.#answer(command, AbortSignal.any([abort.signal, this.#stopping.signal])))
  }

  /** False when no such attempt is under way. */
  cancel(attemptId: string, reason: Error): boolean {
    const abort = this.#underWay.get(attemptId)
    abort?.abort(reason)
    return abort !== undefined
  }

  /** What is under way ends without an answer. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#last
  }

  /** Never rejects. */
  async #answer(command: Command, signal: AbortSignal): Promise<void> {
    const { send, clock, logger } = this.#dependencies
    const { attemptId, rolloutId, app, releaseId } = command
    const startedMs = clock.monotonicMs()
    let answer: Partial<TreeVerdict> & { errorCode?: string; errorMessage?: string }
    try {
      answer = await this.#verdict(command, signal)
    } catch (error) {
      const { code, message } = toRookeryError(signal.aborted ? signal.reason : error)
      answer = { errorCode: code, errorMessage: message }
    }
    this.#underWay.delete(attemptId)
    if (this.#stopping.signal.aborted) return
    const durationMs = Math.round(clock.monotonicMs() - startedMs)
    const { differences = [], ...rest } = answer
    const report = { attemptId, rolloutId, app, releaseId, durationMs, atMs: clock.now(), ...rest }
    send({ verifyReport: { ...report, differences: [...differences] } })
    if (answer.intact === false) {
      const { differencesTotal } = answer
      forRollout(logger, rolloutId).warn({ app, releaseId, differencesTotal }, 'the live release was changed on disk')
    }
  }

  /** @throws {RookeryError} NOT_FOUND, CONFLICT, SIGNATURE_INVALID, RELEASE_CORRUPT; what the file system refuses. */
  async #verdict({ app, releaseId }: Command, signal: AbortSignal): Promise<TreeVerdict> {
    const { store, gate } = this.#dependencies
    signal.throwIfAborted()
    const release = this.#live(app, releaseId)
    await gate.requireUnaltered(release)
    const list = await store.treeList(release)
    if (list === undefined)
      throw new RookeryError('NOT_FOUND', `no list was made when ${releaseId} of ${app} was unpacked`)
    const verdict = await verifyTree(release.layout.releaseDirectory(releaseId), readTreeList(list), signal)
    // One that is no longer live may have been removed meanwhile.
    this.#live(app, releaseId)
    return verdict
  }

  #live(app: string, releaseId: string) {
    const live = this.#dependencies.store.live(app)
    if (live?.manifest.releaseId === releaseId) return live
    throw new RookeryError(
      'CONFLICT',
      `${releaseId} of ${app} is not live; ${live?.manifest.releaseId ?? 'nothing'} is`,
    )
  }
}
