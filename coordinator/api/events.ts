import { Type } from 'typebox'
import type { ApiEvent } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { EventStream, follow, lastEventId } from './event-stream.ts'
import type { ApiParts } from './server.ts'

const EventQuery = Type.Object(
  {
    rollout: Type.Optional(Type.String()),
    after: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Like Last-Event-ID, for clients that cannot set it' }),
    ),
  },
  { additionalProperties: false },
)

export function eventRoutes(server: HttpServer, { hub }: ApiParts): void {
  server.get(
    '/events',
    {
      schema: { summary: 'Live events (SSE); resumes by Last-Event-ID', querystring: EventQuery },
      config: { access: 'read', isStream: true },
    },
    async (request, reply) => {
      const { rollout, after } = request.query
      const from = lastEventId(request.headers) ?? after
      const stream = new EventStream(reply)
      const send = (event: ApiEvent) => {
        if (rollout === undefined || event.rolloutId === rollout)
          stream.send({ type: event.type, id: event.id, data: event })
      }
      await follow(stream, {
        from,
        send,
        subscribe: (listener) => hub.subscribe(listener),
        read: (after, limit) => hub.after(after, limit),
        idOf: (event) => event.id,
      })
    },
  )
}
