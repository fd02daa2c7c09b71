import { Type } from 'typebox'
import {
  AppName,
  ControlRequest,
  HostName,
  PhaseResult,
  Rollout,
  RolloutPreview,
  RolloutRequest,
  RolloutSummary,
} from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiParts } from './server.ts'

const RolloutParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) })
const ListQuery = Type.Object(
  { app: Type.Optional(AppName), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })) },
  { additionalProperties: false },
)
const Control = Type.Union([ControlRequest, Type.Null()])

export function rolloutRoutes(server: HttpServer, { rollouts, previews, phaseResults }: ApiParts): void {
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

  server.post(
    '/rollouts/preview',
    {
      schema: {
        summary: 'Who would move when, and why each host stands where it does; nothing is done',
        body: RolloutRequest,
        response: { 200: RolloutPreview },
      },
    },
    async ({ body }) => previews.of(body),
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

  server.get(
    '/rollouts/:id/phases',
    {
      schema: {
        summary: 'How each phase ended on each host: exit codes of hooks, durations, failures',
        params: RolloutParams,
        querystring: Type.Object({ host: Type.Optional(HostName) }, { additionalProperties: false }),
        response: { 200: Type.Array(PhaseResult) },
      },
    },
    async ({ params, query }) => {
      const { id } = await rollouts.get(params.id)
      return phaseResults.ofRollout(id, query.host)
    },
  )

  const control = (
    verb: string,
    summary: string,
    act: (id: string, reason: string | undefined) => Promise<Rollout>,
  ) => {
    const schema = { summary, params: RolloutParams, body: Control, response: { 200: Rollout } }
    server.post(`/rollouts/:id/${verb}`, { schema }, async ({ params, body }) => act(params.id, reasonOf(body)))
  }
  control('pause', 'Start no further host; those in flight finish', (id, reason) => rollouts.pause(id, reason))
  control('resume', 'Go on after a pause', (id) => rollouts.resume(id))
  control('promote', 'Let the next step begin', (id) => rollouts.promote(id))
  control('leave', 'Leave the queue', (id, reason) => rollouts.leave(id, reason))
  control('abort', 'Stop now; hosts in flight end in a known state', (id, reason) => rollouts.abort(id, reason))

  const followUp = (verb: string, summary: string, act: (id: string, request: ControlRequest) => Promise<Rollout>) => {
    const schema = { summary, params: RolloutParams, body: Control, response: { 202: Rollout } }
    server.post(`/rollouts/:id/${verb}`, { schema }, async ({ params, body }, reply) =>
      reply.status(202).send(await act(params.id, body ?? {})),
    )
  }
  followUp('rollback', 'Go back to what was live before', (id, request) => rollouts.rollBack(id, request))
  followUp('retry', 'Try the hosts that failed once more, and no others', (id, request) => rollouts.retry(id, request))
}

function reasonOf(body: ControlRequest | null): string | undefined {
  const { reason, by } = body ?? {}
  return reason !== undefined && by !== undefined ? `${reason} (by ${by})` : (reason ?? (by && `by ${by}`))
}
