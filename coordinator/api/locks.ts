import { Type } from 'typebox'
import { Freeze, Hold, HoldRequest, ReleaseHoldQuery, ReleaseHoldsQuery } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { recordedBy } from '../access/principal.ts'
import { deploys } from '../access/route-access.ts'
import { appOfBody, appOfHold, appOfQuery } from './route-apps.ts'
import type { ApiParts } from './server.ts'

const HoldParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) })

export function lockRoutes(server: HttpServer, { apps, gate }: Pick<ApiParts, 'apps' | 'gate'>): void {
  server.get(
    '/locks',
    { schema: { summary: 'Holds, oldest first', response: { 200: Type.Array(Hold) } }, config: { access: 'read' } },
    async () => gate.listHolds(),
  )

  server.post(
    '/locks',
    {
      schema: {
        summary: 'Keep rollouts of an app, or of all apps, from starting',
        body: HoldRequest,
        response: { 201: Hold },
      },
      config: { access: deploys(appOfBody), action: 'lock.hold' },
    },
    async (request, reply) => {
      const { body, principal } = request
      // A misspelt app would be held in silence while the right one goes on.
      if (body.app !== null) await apps.source(body.app)
      const hold = await gate.hold({ ...body, by: recordedBy(principal, body.by) })
      request.auditTarget = hold.id
      return reply.status(201).send(hold)
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
      config: { access: deploys(appOfHold(gate)), action: 'lock.release' },
    },
    async ({ params, query, principal }) => gate.release(params.id, recordedBy(principal, query.by)),
  )

  server.delete(
    '/locks',
    {
      schema: {
        summary: 'Release every hold of an app, or every hold on all apps',
        querystring: ReleaseHoldsQuery,
        response: { 200: Type.Array(Hold) },
      },
      config: { access: deploys(appOfQuery), action: 'lock.release' },
    },
    async ({ query, principal }) =>
      gate.releaseApp(query.app === '*' ? null : query.app, recordedBy(principal, query.by)),
  )

  server.get(
    '/freezes',
    {
      schema: { summary: 'Freeze windows of the configuration', response: { 200: Type.Array(Freeze) } },
      config: { access: 'read' },
    },
    async () => gate.listFreezes(),
  )
}
