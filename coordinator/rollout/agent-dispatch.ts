import { CommandKind, type CoordinatorDraft } from '../../proto/session.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { RolloutCommand } from './events.ts'
import type { RolloutState } from './state.ts'

export type AgentCommand = Extract<RolloutCommand, { host: string }>

interface Dependencies {
  readonly store: ReleaseStore
  readonly files: ReleaseFiles
  /** Sends to a host's agent; one that is away is told again when it returns. */
  readonly send: (host: string, draft: CoordinatorDraft) => boolean
}

interface SignedParts {
  readonly releaseId: string
  readonly manifest: Uint8Array
  readonly signature: Uint8Array
  readonly torrent: Uint8Array
}

/** What an attempt is known by. */
export interface AttemptName {
  readonly attemptId: string
  readonly rolloutId: string
  readonly app: string
  readonly releaseId: string
}

/** Puts a rollout's commands into session messages. */
export class AgentDispatch {
  readonly #dependencies: Dependencies
  /** The last release sent: a rollout sends the same one to every host. */
  #cached: SignedParts | undefined

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @returns false when the agent is away. */
  async send(state: RolloutState, command: AgentCommand): Promise<boolean> {
    return this.#dependencies.send(command.host, await this.#draft(state, command))
  }

  /** Tells an agent to stop an attempt, whatever became of its rollout. */
  cancel(host: string, attempt: AttemptName): void {
    this.#dependencies.send(host, cancelCommand(attempt))
  }

  async #draft(state: RolloutState, command: AgentCommand): Promise<CoordinatorDraft> {
    const common = { rolloutId: state.id, app: state.app, releaseId: state.releaseId!, attemptId: command.attemptId }
    switch (command.type) {
      case 'fetch': {
        const { manifest, signature, torrent } = await this.#signed(state.releaseId!)
        return { desiredRelease: { ...common, manifest, signature, torrent } }
      }
      case 'activate':
        return { command: { ...common, kind: CommandKind.COMMAND_KIND_ACTIVATE, batch: command.batch + 1 } }
      case 'cancel':
        return cancelCommand(common)
    }
  }

  async #signed(releaseId: string): Promise<SignedParts> {
    if (this.#cached?.releaseId === releaseId) return this.#cached
    const { manifest, signature } = await this.#dependencies.store.signed(releaseId)
    this.#cached = { releaseId, manifest, signature, torrent: await this.#dependencies.files.torrent(releaseId) }
    return this.#cached
  }
}

function cancelCommand(attempt: AttemptName): CoordinatorDraft {
  const attemptId = `${attempt.attemptId}/cancel`
  return {
    command: { ...attempt, attemptId, kind: CommandKind.COMMAND_KIND_CANCEL, cancelsAttemptId: attempt.attemptId },
  }
}
