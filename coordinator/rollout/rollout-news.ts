import type { Verdict } from '../../proto/http/immune.ts'
import type { Clock } from '../../runtime/clock.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { EventHub } from '../events/event-hub.ts'
import { type NotificationMoment, notify } from '../notifications/webhook.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import { doneBatches } from './batch-state.ts'
import { rolloutSummary } from './rollout-view.ts'
import type { RolloutState } from './state.ts'

interface Dependencies {
  readonly releaseStore: ReleaseStore
  readonly hub: EventHub
  /** Where people find the dashboard, if that is known. */
  readonly publicUrl?: string
  readonly clock: Clock
  readonly logger: Logger
}

/** Tells an app's webhooks what becomes of its rollouts. What catches up by itself is no news. */
export class RolloutNews {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** It waits for its turn; a release that is not built yet has no webhooks. */
  queued(state: RolloutState): void {
    if (state.kind !== 'converge' && state.releaseId !== null && state.phase === 'queued') this.#tell(state, 'queued')
  }

  changed(state: RolloutState, before: RolloutState): void {
    if (state.kind === 'converge' || state.releaseId === null) return
    const verdict = state.verdicts.length > before.verdicts.length ? state.verdicts.at(-1) : undefined
    for (const moment of momentsOf(state, before)) this.#tell(state, moment, verdict)
  }

  /** A rollout that was done is not well after all. */
  turnedBad(state: RolloutState, verdict: Verdict): void {
    const { hub, logger } = this.#dependencies
    const { id: rolloutId, app, phase, reason } = state
    const message = `${app}: rollout ${rolloutId} ${reason}`
    forRollout(logger, rolloutId).warn({ app, verdict }, message)
    const told = [
      hub.publish({ type: 'rollout.verdict', rolloutId, app, data: { ...verdict } }),
      hub.publish({ type: 'rollout.phase', rolloutId, app, data: { phase, reason } }),
      hub.publish({ type: 'alert', rolloutId, app, data: { subject: 'rollout', message } }),
    ]
    for (const one of told) one.catch((error) => logger.error({ error }, 'an event was not stored'))
    this.#tell(state, 'turnedBad', verdict)
  }

  #tell(state: RolloutState, moment: NotificationMoment, verdict?: Verdict): void {
    const { releaseStore, publicUrl, clock, logger } = this.#dependencies
    const deliver = async (releaseId: string) => {
      const { policy } = await releaseStore.signed(releaseId)
      const dependencies = { clock, publicUrl, logger: forRollout(logger, state.id) }
      await notify(policy.notifications, moment, { rollout: rolloutSummary(state), verdict }, dependencies)
    }
    deliver(state.releaseId!).catch((error) => logger.error({ error }, 'notification failed'))
  }
}

function momentsOf(state: RolloutState, before: RolloutState): NotificationMoment[] {
  const moments: NotificationMoment[] = []
  if (doneBatches(state) > doneBatches(before)) moments.push('batchDone')
  // The webhooks are those of the release, so one that is built for the rollout is known of only now.
  if (state.phase === 'distributing' && before.phase !== 'distributing' && before.phase !== 'paused') {
    moments.push('started')
    if (state.breakGlass !== null && state.kind === 'deploy') moments.push('brokenGlass')
  }
  if (state.phase === before.phase) return moments
  if (state.phase === 'paused' || state.phase === 'aborted') moments.push(state.phase)
  if (state.phase === 'done') moments.push(state.kind === 'rollback' ? 'rolledBack' : 'done')
  if (state.phase === 'halted') moments.push('failed', 'halted')
  return moments
}
