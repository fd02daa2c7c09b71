import { LogPage, LogQuery, LogStreamQuery } from '../../proto/http/logs.ts'
import { toRookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { followLogs } from '../logs/follow-logs.ts'
import type { StoredLogEntry } from '../logs/log-rows.ts'
import { LogSelection } from '../logs/log-selection.ts'
import { EventStream, lastEventId } from './event-stream.ts'
import type { ApiParts } from './server.ts'

export function logRoutes(server: HttpServer, { logs, logReader: reader, hosts }: ApiParts): void {
  const isInPool = (host: string, pool: string) => hosts.find(host)?.pools.includes(pool) ?? false

  server.get(
    '/logs',
    {
      schema: { summary: 'Stored log chunks, oldest first', querystring: LogQuery, response: { 200: LogPage } },
      config: { access: 'read' },
    },
    async ({ query: { after = 0, before, tail, limit = 1_000, ...filter } }) => {
      const selection = new LogSelection(filter, isInPool)
      if (tail !== undefined) return reader.tail(selection, { before, lines: tail })
      return { previous: after + 1, ...(await reader.page(selection, { after, limit })) }
    },
  )

  server.get(
    '/logs/stream',
    {
      schema: { summary: 'Log chunks, live (SSE); resumes by Last-Event-ID', querystring: LogStreamQuery },
      config: { access: 'read', isStream: true },
    },
    async (request, reply) => {
      const { after, ...filter } = request.query
      const selection = new LogSelection(filter, isInPool)
      const stream = new EventStream(reply)
      const from = lastEventId(request.headers) ?? after
      const watcher = {
        isGone: () => stream.closed,
        taken: () => stream.taken(),
        send: ({ releaseId: _, ...entry }: StoredLogEntry) => stream.send({ type: 'log', id: entry.id, data: entry }),
        onGone: (task: () => void) => stream.onClose(task),
      }
      try {
        await followLogs(watcher, { selection, from }, { store: logs, reader })
      } catch (error) {
        const { code, message } = toRookeryError(error)
        if (code === 'INTERNAL') request.log.error({ error }, 'a log stream failed')
        stream.send({
          type: 'problem',
          id: null,
          data: { code, detail: code === 'INTERNAL' ? 'an internal error' : message },
        })
        stream.end()
      }
    },
  )
}
