import { Type } from 'typebox'
import { ApiToken, Caller, CreatedToken, TokenRequest } from '../../proto/http/access.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiTokens } from '../access/api-tokens.ts'
import { openPrincipal } from '../access/principal.ts'

interface Parts {
  readonly tokens: ApiTokens
}

const TokenParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const defaultLifeMs = 90 * 86_400_000

/** Who may call the API. */
export function accessRoutes(server: HttpServer, { tokens }: Parts): void {
  server.get(
    '/whoami',
    {
      schema: { summary: 'What the coordinator takes the caller for', response: { 200: Caller } },
      config: { access: 'read' },
    },
    async ({ principal = openPrincipal }): Promise<Caller> => {
      const { id, name, role, apps, expiresAtMs } = principal
      return { principal: id, name, role, apps: role === 'deployer' ? appsView(apps) : null, expiresAtMs }
    },
  )

  server.get(
    '/tokens',
    {
      schema: {
        summary: 'API tokens, oldest first; never the tokens themselves',
        response: { 200: Type.Array(ApiToken) },
      },
      config: { access: 'admin' },
    },
    async () => tokens.list(),
  )

  server.post(
    '/tokens',
    {
      schema: {
        summary: 'Make an API token; the answer holds it, and nothing ever will again',
        body: TokenRequest,
        response: { 201: CreatedToken },
      },
      config: { access: 'admin', action: 'token.create' },
    },
    async (request, reply) => {
      const { body, principal = openPrincipal } = request
      const { name, role, apps, expiresInMs = defaultLifeMs } = body
      if ((role === 'deployer') !== (apps !== undefined))
        throw new RookeryError(
          'REQUEST_INVALID',
          `body.apps: ${role === 'deployer' ? 'name what it may deploy, or "*"' : `a token of role ${role} has none`}`,
        )
      const { token, text } = await tokens.create({ name, role, apps, createdBy: principal.id, lifeMs: expiresInMs })
      request.auditTarget = token.id
      return reply.status(201).send({ ...token, token: text })
    },
  )

  server.post(
    '/tokens/:id/revoke',
    {
      schema: { summary: 'Let a token count no more, at once', params: TokenParams, response: { 200: ApiToken } },
      config: { access: 'admin', action: 'token.revoke' },
    },
    async ({ params }) => tokens.revoke(params.id),
  )
}

function appsView(apps: readonly string[] | '*'): string[] | '*' {
  return apps === '*' ? apps : [...apps]
}
