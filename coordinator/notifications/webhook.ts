import type { RolloutSummary } from '../../proto/http/api.ts'
import type { Verdict } from '../../proto/http/immune.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import { chatText } from './chat-text.ts'
import type { Notification, NotificationMoment } from './config.ts'
import { DeliveryLines } from './delivery.ts'

export type { NotificationMoment } from './config.ts'

export interface News {
  readonly rollout: RolloutSummary
  /** What the immune system found, if that is what happened. */
  readonly verdict?: Verdict
}

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
  /** Where people find the dashboard; linked when it is known. */
  readonly publicUrl?: string
}

/** Of the process, not of a caller: a webhook hears every rollout's news in order. */
const lines = new DeliveryLines()

const predicates: Readonly<Record<NotificationMoment, string>> = {
  queued: 'is queued',
  started: 'started',
  batchDone: 'is through with another batch',
  paused: 'paused',
  failed: 'failed',
  halted: 'halted',
  rolledBack: 'is done: the release before it is live again',
  done: 'is done',
  aborted: 'aborted',
  turnedBad: 'is done, but',
  brokenGlass: 'broke the glass: it passes holds and freeze windows over',
}

/** Tells the webhooks of an app what became of its rollout. Never throws: a deaf webhook stops no rollout. */
export async function notify(
  notifications: readonly Notification[],
  moment: NotificationMoment,
  { rollout, verdict }: News,
  dependencies: Dependencies,
): Promise<void> {
  const wanted = notifications.filter(({ on }) => isWanted(on, moment))
  const link = dependencies.publicUrl === undefined ? '' : ` (<${dependencies.publicUrl}|dashboard>)`
  const text = [`${chatText(sentence(moment, rollout))}${link}`, ...evidence(verdict)].join('\n')
  const body = JSON.stringify({ text, rollout, verdict })
  await Promise.all(wanted.map(({ webhook }) => lines.deliver(webhook, body, dependencies)))
}

/** Who asks for both names of one thing is told once. */
function isWanted(on: Notification['on'], moment: NotificationMoment): boolean {
  return on.includes(moment) && !(moment === 'halted' && on.includes('failed'))
}

function sentence(moment: NotificationMoment, rollout: RolloutSummary): string {
  const { app, id, revision, by } = rollout
  const what = `rollout ${id} of ${app}${revision ? ` at ${revision.slice(0, 12)}` : ''}${by ? ` by ${by}` : ''}`
  const why = reasonOf(moment, rollout)
  if (moment === 'turnedBad') return `${what} ${predicates[moment]} ${why}`
  return `${what} ${predicates[moment]}${why ? `: ${why}` : ''}`
}

/** The reason has the numbers already; what the app itself said stands below it. */
function evidence(verdict: Verdict | undefined): string[] {
  if (!verdict?.logs) return []
  const { host, lines } = verdict.logs
  return [`${chatText(host)} said:`, '```', ...lines.map((line) => chatText(line.replaceAll('`', "'"))), '```']
}

function reasonOf(moment: NotificationMoment, { reason, why, breakGlass, waitsFor }: RolloutSummary) {
  if (moment === 'brokenGlass') return breakGlass
  if (moment === 'queued') return [why, waitsFor && `waits for ${waitsFor}`].filter(Boolean).join('; ')
  return moment === 'started' ? why : reason
}
