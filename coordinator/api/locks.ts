import { Type } from 'typebox'
import { Freeze, Hold, HoldRequest, ReleaseHoldQuery, ReleaseHoldsQuery } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiParts } from './server.ts'

const HoldParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) })

export function lockRoutes(server: HttpServer, { apps, gate }: Pick<ApiParts, 'apps' | 'gate'>): void {
  server.get('/locks', { schema: { summary: 'Holds, oldest first', response: { 200: Type.Array(Hold) } } }, async () =>
    gate.listHolds(),
  )

  server.post(
    '/locks',
    {
      schema: {
        summary: 'Keep rollouts of an app, or of all apps, from starting',
        body: HoldRequest,
        response: { 201: Hold },
      },
    },
    async ({ body }, reply) => {
      // A misspelt app would be held in silence while the right one goes on.
      if (body.app !== null) await apps.source(body.app)
      return reply.status(201).send(await gate.hold(body))
    },
  )

  server.delete(
    '/locks/:id',
    {
      schema: {
        summary: 'Release one hold',
        params: HoldParams,
        querystring: ReleaseHoldQuery,
        response: { 200: Hold },
      },
    },
    async ({ params, query }) => gate.release(params.id, query.by),
  )

  server.delete(
    '/locks',
    {
      schema: {
        summary: 'Release every hold of an app, or every hold on all apps',
        querystring: ReleaseHoldsQuery,
        response: { 200: Type.Array(Hold) },
      },
    },
    async ({ query }) => gate.releaseApp(query.app === '*' ? null : query.app, query.by),
  )

  server.get(
    '/freezes',
    { schema: { summary: 'Freeze windows of the configuration', response: { 200: Type.Array(Freeze) } } },
    async () => gate.listFreezes(),
  )
}
