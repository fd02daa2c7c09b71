import { Type } from 'typebox'
import { AppName, ControlRequest, Rollout, RolloutRequest, RolloutSummary } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiParts } from './server.ts'

const RolloutParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) })
const ListQuery = Type.Object(
  { app: Type.Optional(AppName), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })) },
  { additionalProperties: false },
)
const Control = Type.Union([ControlRequest, Type.Null()])

export function rolloutRoutes(server: HttpServer, { rollouts }: ApiParts): void {
  server.post(
    '/rollouts',
    {
      schema: {
        summary: 'Deploy: build if need be, distribute, activate',
        body: RolloutRequest,
        response: { 202: Rollout },
      },
    },
    async ({ body }, reply) => reply.status(202).send(await rollouts.request(body)),
  )

  server.get(
    '/rollouts',
    {
      schema: {
        summary: 'Rollouts, newest first',
        querystring: ListQuery,
        response: { 200: Type.Array(RolloutSummary) },
      },
    },
    async ({ query }) => rollouts.list({ app: query.app, limit: query.limit ?? 50 }),
  )

  server.get(
    '/rollouts/:id',
    { schema: { summary: 'One rollout', params: RolloutParams, response: { 200: Rollout } } },
    async ({ params }) => {
      return rollouts.get(params.id)
    },
  )

  const control = (
    verb: string,
    summary: string,
    act: (id: string, reason: string | undefined) => Promise<Rollout>,
  ) => {
    const schema = { summary, params: RolloutParams, body: Control, response: { 200: Rollout } }
    server.post(`/rollouts/:id/${verb}`, { schema }, async ({ params, body }) => act(params.id, body?.reason))
  }
  control('pause', 'Start no further host; those in flight finish', (id, reason) => rollouts.pause(id, reason))
  control('resume', 'Go on after a pause', (id) => rollouts.resume(id))
  control('abort', 'Stop now; hosts in flight end in a known state', (id, reason) => rollouts.abort(id, reason))

  server.post(
    '/rollouts/:id/rollback',
    {
      schema: {
        summary: 'Go back to what was live before',
        params: RolloutParams,
        body: Control,
        response: { 202: Rollout },
      },
    },
    async ({ params, body }, reply) => reply.status(202).send(await rollouts.rollBack(params.id, body?.reason)),
  )
}
