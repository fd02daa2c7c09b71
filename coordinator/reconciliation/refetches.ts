import { type CoordinatorDraft, type PhaseReport, PhaseState } from '../../proto/session.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'

interface Dependencies {
  readonly store: ReleaseStore
  readonly files: ReleaseFiles
  /** Sends to a host's agent; false when it is away. */
  readonly send: (host: string, draft: CoordinatorDraft) => boolean
  /** A host's files are as they should be again, or so its agent says. */
  readonly mended: (host: string) => void
  readonly random: Random
  readonly logger: Logger
}

const prefix = 'refetch/'

/** Has agents unpack anew what was changed of a live release. The app goes on with what it has loaded. */
export class Refetches {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @returns false when the agent is away. */
  async begin(host: string, app: string, releaseId: string): Promise<boolean> {
    const { store, files, send, random } = this.#dependencies
    const { manifest, signature } = await store.signed(releaseId)
    const torrent = await files.torrent(releaseId)
    const attemptId = `${prefix}${Buffer.from(random.bytes(8)).toString('hex')}`
    const release = { app, releaseId, manifest, signature, torrent }
    return send(host, { desiredRelease: { attemptId, rolloutId: '', ...release, repair: true } })
  }

  /** Reports of rollouts are passed over. */
  phaseReported(host: string, report: PhaseReport): void {
    if (!report.attemptId.startsWith(prefix) || !report.final) return
    const { app, releaseId, errorCode, errorMessage } = report
    const { logger, mended } = this.#dependencies
    if (report.state === PhaseState.PHASE_STATE_SUCCEEDED) {
      logger.info({ host, app, releaseId }, 'the changed files of a live release were unpacked anew')
      mended(host)
    } else
      logger.warn(
        { host, app, releaseId, code: errorCode },
        `the files of a live release stay changed: ${errorMessage}`,
      )
  }
}
