import type { RolloutSummary } from '../../proto/http/api.ts'
import { type Clock, sleep } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Notification } from '../app-config/rookery-yml.ts'

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

export type NotificationMoment = Notification['on'][number]

const attempts = 4
const firstRetryMs = 1_000
const callDeadlineMs = 10_000

/** Tells the webhooks of an app what became of its rollout. Never throws: a deaf webhook stops no rollout. */
export async function notify(
  notifications: readonly Notification[],
  moment: NotificationMoment,
  rollout: RolloutSummary,
  dependencies: Dependencies,
): Promise<void> {
  const wanted = notifications.filter((notification) => notification.on.includes(moment))
  const body = JSON.stringify({ text: sentence(moment, rollout), rollout })
  await Promise.all(wanted.map((notification) => deliver(notification.webhook, body, dependencies)))
}

function sentence(moment: NotificationMoment, { app, id, revision, reason }: RolloutSummary): string {
  const what = `rollout ${id} of ${app}${revision ? ` at ${revision.slice(0, 12)}` : ''}`
  return `${what} ${moment === 'done' ? 'is done' : moment}${reason ? `: ${reason}` : ''}`
}

async function deliver(url: string, body: string, { clock, logger }: Dependencies): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(callDeadlineMs),
      })
      if (response.ok) return
      throw new Error(`HTTP ${response.status}`)
    } catch (error) {
      // The path of a webhook is its secret: only the host is logged.
      logger.warn({ webhookHost: new URL(url).host, attempt }, `webhook not delivered: ${errorMessage(error)}`)
      if (attempt < attempts) await sleep(clock, firstRetryMs * 2 ** (attempt - 1))
    }
  }
}
