import { isBaking, isStepOpen } from './advance.ts'
import type { RolloutEvent } from './events.ts'
import { hasEnded, type RolloutState } from './state.ts'

type TimerEvent =
  | { readonly type: 'attemptOverdue'; readonly host: string; readonly attemptId: string }
  | { readonly type: 'bakeOver' }
  | { readonly type: Extract<RolloutEvent['type'], 'stragglersPassed' | 'stalled'> }

/** What a rollout waits for in time, and when, in epoch ms. */
export interface RolloutTimer {
  readonly atMs: number
  readonly due: TimerEvent
}

/** Once this share of the hosts hold the release, the others are waited for a while longer and no more. */
const fetchedShare = 0.75
/** A host is waited for until twice the time that those took, and this many ms. */
const stragglerSlackMs = 5_000

/** The next one that is due; undefined when the rollout waits for nothing but reports. */
export function nextTimer(state: RolloutState): RolloutTimer | undefined {
  const timers = [...attemptTimers(state), ...bakeTimer(state), ...stragglerTimer(state), ...progressTimer(state)]
  return timers.reduce<RolloutTimer | undefined>(
    (first, timer) => (first && first.atMs <= timer.atMs ? first : timer),
    undefined,
  )
}

function* attemptTimers({ hosts, plan }: RolloutState): Generator<RolloutTimer> {
  for (const { host, status } of Object.values(hosts)) {
    if (status.is !== 'fetching' && status.is !== 'activating') continue
    const allowedMs = status.is === 'fetching' ? plan!.distributeDeadlineMs : plan!.activateDeadlineMs
    yield { atMs: status.sinceMs + allowedMs, due: { type: 'attemptOverdue', host, attemptId: status.attemptId } }
  }
}

function* bakeTimer(state: RolloutState): Generator<RolloutTimer> {
  if (isBaking(state)) yield { atMs: state.bakingUntilMs!, due: { type: 'bakeOver' } }
}

/** One slow disk must not hold up a fleet that holds the release. */
function* stragglerTimer(state: RolloutState): Generator<RolloutTimer> {
  if (state.phase !== 'distributing' || state.prefetch || state.isPastStragglers) return
  const moving = Object.values(state.hosts).filter(({ batch }) => batch !== null)
  const fetching = moving.flatMap(({ status }) => (status.is === 'fetching' ? [status.sinceMs] : []))
  const needed = Math.ceil(fetchedShare * moving.length)
  if (fetching.length === 0 || moving.length - fetching.length < needed) return
  const tookMs = moving.map(({ fetchMs }) => fetchMs ?? 0).sort((a, b) => a - b)
  const usualMs = tookMs.filter((ms) => ms > 0)[needed - 1] ?? tookMs.at(-1)!
  yield { atMs: Math.min(...fetching) + 2 * usualMs + stragglerSlackMs, due: { type: 'stragglersPassed' } }
}

function* progressTimer(state: RolloutState): Generator<RolloutTimer> {
  if (state.phase !== 'activating' || state.bakingUntilMs !== null || hasEnded(state) || !isStepOpen(state)) return
  const { progressDeadlineMs, activateDeadlineMs } = state.plan!
  yield { atMs: state.progressAtMs + Math.max(progressDeadlineMs, activateDeadlineMs), due: { type: 'stalled' } }
}
