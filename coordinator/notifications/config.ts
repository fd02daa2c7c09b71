import { type Static, Type } from 'typebox'

/** What a webhook can ask to be told of; `halted` is what `failed` was called first. */
const moments = [
  'queued',
  'started',
  'batchDone',
  'paused',
  'failed',
  'halted',
  'rolledBack',
  'done',
  'aborted',
  'turnedBad',
  'brokenGlass',
] as const
export type NotificationMoment = (typeof moments)[number]

/** One of the `notifications` of a rookery.yml. */
export const Notification = Type.Object(
  {
    webhook: Type.String({
      pattern: '^https?://',
      description:
        'Gets a POST with {text, rollout}, and {verdict} where the immune system spoke: readable by Slack-compatible hooks.',
    }),
    on: Type.Array(Type.Enum([...moments]), {
      minItems: 1,
      default: ['done', 'failed', 'rolledBack', 'aborted', 'turnedBad'],
    }),
  },
  { additionalProperties: false },
)
export type Notification = Static<typeof Notification>
