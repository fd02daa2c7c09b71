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
import { type Principal, recordedBy } from '../access/principal.ts'
import { deploys } from '../access/route-access.ts'
import { appOfBody, appOfRollout } from './route-apps.ts'
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
      config: { access: deploys(appOfBody), action: 'rollout.start' },
    },
    async (request, reply) => {
      const { body, principal } = request
      const rollout = await rollouts.request({ ...body, by: recordedBy(principal, body.by) })
      request.auditTarget = rollout.id
      return reply.status(202).send(rollout)
    },
  )

  server.post(
    '/rollouts/preview',
    {
      schema: {
        summary: 'Who would move when, and why each host stands where it does; nothing is done',
        body: RolloutRequest,
        response: { 200: RolloutPreview },
      },
      config: { access: 'read', action: null },
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
      config: { access: 'read' },
    },
    async ({ query }) => rollouts.list({ app: query.app, limit: query.limit ?? 50 }),
  )

  server.get(
    '/rollouts/:id',
    {
      schema: { summary: 'One rollout', params: RolloutParams, response: { 200: Rollout } },
      config: { access: 'read' },
    },
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
      config: { access: 'read' },
    },
    async ({ params, query }) => {
      const { id } = await rollouts.get(params.id)
      return phaseResults.ofRollout(id, query.host)
    },
  )

  const access = deploys(appOfRollout(rollouts))
  const control = (
    verb: string,
    summary: string,
    act: (id: string, reason: string | undefined) => Promise<Rollout>,
  ) => {
    const schema = { summary, params: RolloutParams, body: Control, response: { 200: Rollout } }
    const config = { access, action: `rollout.${verb}` }
    server.post(`/rollouts/:id/${verb}`, { schema, config }, async ({ params, body, principal }) =>
      act(params.id, reasonOf(body, principal)),
    )
  }
  control('pause', 'Start no further host; those in flight finish', (id, reason) => rollouts.pause(id, reason))
  control('resume', 'Go on after a pause', (id) => rollouts.resume(id))
  control('promote', 'Let the next step begin', (id) => rollouts.promote(id))
  control('leave', 'Leave the queue', (id, reason) => rollouts.leave(id, reason))
  control('abort', 'Stop now; hosts in flight end in a known state', (id, reason) => rollouts.abort(id, reason))

  const followUp = (verb: string, summary: string, act: (id: string, request: ControlRequest) => Promise<Rollout>) => {
    const schema = { summary, params: RolloutParams, body: Control, response: { 202: Rollout } }
    const config = { access, action: `rollout.${verb}` }
    server.post(`/rollouts/:id/${verb}`, { schema, config }, async ({ params, body, principal }, reply) =>
      reply.status(202).send(await act(params.id, { ...body, by: recordedBy(principal, body?.by) })),
    )
  }
  followUp('rollback', 'Go back to what was live before', (id, request) => rollouts.rollBack(id, request))
  followUp('retry', 'Try the hosts that failed once more, and no others', (id, request) => rollouts.retry(id, request))
}

function reasonOf(body: ControlRequest | null, principal: Principal | undefined): string | undefined {
  const { reason } = body ?? {}
  const by = recordedBy(principal, body?.by)
  return reason !== undefined && by !== undefined ? `${reason} (by ${by})` : (reason ?? (by && `by ${by}`))
}
