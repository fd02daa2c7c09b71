import { Type } from 'typebox'
import { LogEntry, LogQuery } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { matchesQuery } from '../logs/log-store.ts'
import { EventStream, lastEventId } from './event-stream.ts'
import type { ApiParts } from './server.ts'

const LogPage = Type.Object({
  entries: Type.Array(LogEntry),
  next: Type.Integer({ description: 'The `after` of the next page' }),
})
const replayPage = 500

export function logRoutes(server: HttpServer, { logs }: ApiParts): void {
  server.get(
    '/logs',
    { schema: { summary: 'Stored log chunks, oldest first', querystring: LogQuery, response: { 200: LogPage } } },
    async ({ query }) => {
      const entries = await logs.read(query)
      return { entries, next: entries.at(-1)?.id ?? query.after ?? 0 }
    },
  )

  server.get(
    '/logs/stream',
    { schema: { summary: 'Log chunks, live (SSE); resumes by Last-Event-ID', querystring: LogQuery } },
    async (request, reply) => {
      const { query } = request
      const from = lastEventId(request.headers) ?? query.after
      const stream = new EventStream(reply)
      const send = (entry: LogEntry) => stream.send({ type: 'log', id: entry.id, data: entry })
      let waiting: LogEntry[] | undefined = []
      stream.onClose(
        logs.subscribe((entry) => {
          if (!matchesQuery(entry, query)) return
          const { releaseId: _, ...visible } = entry
          if (waiting) waiting.push(visible)
          else send(visible)
        }),
      )
      let cursor = from ?? Number.POSITIVE_INFINITY
      for (let more = from !== undefined; more && !stream.closed; ) {
        const page = await logs.read({ ...query, after: cursor, limit: replayPage })
        page.forEach(send)
        cursor = page.at(-1)?.id ?? cursor
        more = page.length === replayPage
      }
      const live = waiting
      waiting = undefined
      for (const entry of live) if (from === undefined || entry.id > cursor) send(entry)
    },
  )
}
