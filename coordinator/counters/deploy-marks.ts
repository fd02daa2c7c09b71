import type { RolloutSummary } from '../../proto/http/api.ts'
import type { DeployMark } from '../../proto/http/counters.ts'

interface Dependencies {
  readonly rollouts: { list(options: { app?: string; limit: number }): Promise<RolloutSummary[]> }
}

/** Rollouts that are looked at: older ones are no marks on a graph any more. */
const mostRollouts = 1_000

/** When rollouts began and ended, to be drawn over graphs. */
export class DeployMarks {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Those of the time, oldest first; of one app, if it is given. */
  async of({ app, fromMs, toMs }: { app?: string | undefined; fromMs: number; toMs: number }): Promise<DeployMark[]> {
    const rollouts = await this.#dependencies.rollouts.list({ ...(app && { app }), limit: mostRollouts })
    return rollouts
      .flatMap(marksOf)
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .sort((a, b) => a.atMs - b.atMs)
  }
}

function marksOf({ id, app, kind, releaseId, phase, reason, startedAtMs, endedAtMs }: RolloutSummary): DeployMark[] {
  const common = { app, rolloutId: id, releaseId }
  const what = `${kind === 'deploy' ? 'rollout' : kind} of ${app}${releaseId === null ? '' : ` to ${releaseId}`}`
  const marks: DeployMark[] = []
  if (startedAtMs !== null) marks.push({ ...common, atMs: startedAtMs, kind: 'started', text: `${what} began` })
  if (endedAtMs !== null) {
    const why = reason === null ? '' : `: ${reason}`
    marks.push({ ...common, atMs: endedAtMs, kind: 'ended', text: `${what} ended, ${phase}${why}` })
  }
  return marks
}
