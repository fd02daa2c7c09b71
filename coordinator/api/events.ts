import { Type } from 'typebox'
import type { ApiEvent } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { EventStream, lastEventId } from './event-stream.ts'
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
const replayPage = 500

export function eventRoutes(server: HttpServer, { hub }: ApiParts): void {
  server.get(
    '/events',
    { schema: { summary: 'Live events (SSE); resumes by Last-Event-ID', querystring: EventQuery } },
    async (request, reply) => {
      const { rollout, after } = request.query
      const from = lastEventId(request.headers) ?? after
      const stream = new EventStream(reply)
      const send = (event: ApiEvent) => {
        if (rollout === undefined || event.rolloutId === rollout)
          stream.send({ type: event.type, id: event.id, data: event })
      }
      // What happens while the past is read waits, so that nothing is missed, sent twice, or out of order.
      let waiting: ApiEvent[] | undefined = []
      stream.onClose(hub.subscribe((event) => (waiting ? waiting.push(event) : send(event))))
      let cursor = from ?? Number.POSITIVE_INFINITY
      for (let more = from !== undefined; more && !stream.closed; ) {
        const page = await hub.after(cursor, replayPage)
        page.forEach(send)
        cursor = page.at(-1)?.id ?? cursor
        more = page.length === replayPage
      }
      const live = waiting
      waiting = undefined
      for (const event of live) if (event.id === null || from === undefined || event.id > cursor) send(event)
    },
  )
}
