import { Type } from 'typebox'
import { CounterQuery, CounterWindow } from '../../proto/http/api.ts'
import { CounterAnswer, CounterName, CounterNameQuery, CounterSeriesQuery } from '../../proto/http/counters.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiParts } from './server.ts'

type Parts = Pick<ApiParts, 'counters' | 'counterQueries'>

export function counterRoutes(server: HttpServer, { counters, counterQueries }: Parts): void {
  server.get(
    '/counters',
    {
      schema: {
        summary: 'Counter windows of 10 s, newest first',
        querystring: CounterQuery,
        response: { 200: Type.Object({ windows: Type.Array(CounterWindow) }) },
      },
      config: { access: 'read' },
    },
    async ({ query }) => ({ windows: await counters.read(query) }),
  )

  server.get(
    '/counters/names',
    {
      schema: {
        summary: 'Counters that match, in the order of their names',
        querystring: CounterNameQuery,
        response: { 200: Type.Object({ names: Type.Array(CounterName) }) },
      },
      config: { access: 'read' },
    },
    async ({ query }) => ({ names: await counterQueries.names(query) }),
  )

  server.get(
    '/counters/query',
    {
      schema: {
        summary: 'Counters over time, a value a step, with the rollouts of the time',
        querystring: CounterSeriesQuery,
        response: { 200: CounterAnswer },
      },
      config: { access: 'read' },
    },
    async ({ query }) => counterQueries.series(query),
  )
}
