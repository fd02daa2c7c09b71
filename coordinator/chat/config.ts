import { Type } from 'typebox'

/** The `chat` of the coordinator's configuration; docs/locks-and-queue.md explains it. */
export const ChatConfig = Type.Object(
  {
    signingSecretFile: Type.Optional(
      Type.String({
        minLength: 1,
        examples: ['/etc/rookery/slack-signing-secret'],
        description:
          'File with the signing secret of a Slack app whose slash command posts to `/api/v1/chat/slash`. Without it that path does not exist.',
      }),
    ),
  },
  { additionalProperties: false, default: {} },
)
