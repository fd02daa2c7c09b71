import { Type } from 'typebox'
import { LogEntry, LogQuery } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { matchesQuery } from '../logs/log-store.ts'
import { EventStream, follow, lastEventId } from './event-stream.ts'
import type { ApiParts } from './server.ts'

const LogPage = Type.Object({
  entries: Type.Array(LogEntry),
  next: Type.Integer({ description: 'The `after` of the next page' }),
})

export function logRoutes(server: HttpServer, { logs }: ApiParts): void {
  server.get(
    '/logs',
    {
      schema: { summary: 'Stored log chunks, oldest first', querystring: LogQuery, response: { 200: LogPage } },
      config: { access: 'read' },
    },
    async ({ query }) => {
      const entries = await logs.read(query)
      return { entries, next: entries.at(-1)?.id ?? query.after ?? 0 }
    },
  )

  server.get(
    '/logs/stream',
    {
      schema: { summary: 'Log chunks, live (SSE); resumes by Last-Event-ID', querystring: LogQuery },
      config: { access: 'read', isStream: true },
    },
    async (request, reply) => {
      const { query } = request
      const from = lastEventId(request.headers) ?? query.after
      const stream = new EventStream(reply)
      const send = (entry: LogEntry) => stream.send({ type: 'log', id: entry.id, data: entry })
      await follow(stream, {
        from,
        send,
        subscribe: (listener) =>
          logs.subscribe((entry) => {
            const { releaseId: _, ...visible } = entry
            if (matchesQuery(entry, query)) listener(visible)
          }),
        read: (after, limit) => logs.read({ ...query, after, limit }),
        idOf: (entry) => entry.id,
      })
    },
  )
}
