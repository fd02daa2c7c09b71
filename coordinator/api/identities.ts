import { Type } from 'typebox'
import {
  CertifiedIdentity,
  CreatedJoinToken,
  IdentityParams,
  JoinToken,
  JoinTokenRequest,
  RevokeIdentityRequest,
} from '../../proto/http/identity.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { parseIdentityUri, trustDomain } from '../../trust/identity.ts'
import type { IdentityParts } from '../identity/identity-parts.ts'

const TokenParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9]{1,32}$' }) })

interface Parts {
  /** Undefined in a trial on one machine, where nobody has a certificate. */
  readonly identity: IdentityParts | undefined
}

/** Who may join the fleet, who has, and who no longer. */
export function identityRoutes(server: HttpServer, { identity }: Parts): void {
  const parts = (): IdentityParts => {
    if (identity) return identity
    throw new RookeryError('CONFLICT', 'with access: open nobody has a certificate, and nobody needs one to join')
  }

  server.get(
    '/join-tokens',
    {
      schema: { summary: 'Join tokens, newest first', response: { 200: Type.Array(JoinToken) } },
      config: { access: 'admin' },
    },
    async () => parts().joinTokens.all(),
  )

  server.post(
    '/join-tokens',
    {
      schema: {
        summary: 'Let hosts or a service join; the only time that the token is shown',
        body: JoinTokenRequest,
        response: { 201: CreatedJoinToken },
      },
      config: { access: 'admin', action: 'join-token.create' },
    },
    async (request, reply) => {
      const { token, view } = await parts().joinTokens.create(request.body, request.principal?.id ?? '')
      request.auditTarget = view.id
      return reply.status(201).send({ ...view, token })
    },
  )

  server.delete(
    '/join-tokens/:id',
    {
      schema: { summary: 'Nobody joins with it any more', params: TokenParams, response: { 200: JoinToken } },
      config: { access: 'admin', action: 'join-token.revoke' },
    },
    async ({ params }) => parts().joinTokens.revoke(params.id),
  )

  server.get(
    '/identities',
    {
      schema: { summary: 'Who has a certificate of the fleet', response: { 200: Type.Array(CertifiedIdentity) } },
      config: { access: 'read' },
    },
    async () => parts().certificates.identities(),
  )

  server.post(
    '/identities/:kind/:name/revoke',
    {
      schema: {
        summary: 'None of its certificates counts any more; its connections end within seconds',
        params: IdentityParams,
        body: RevokeIdentityRequest,
      },
      config: { access: 'admin', action: 'identity.revoke' },
    },
    async ({ params: { kind, name }, body }, reply) => {
      const wanted = parseIdentityUri(`spiffe://${trustDomain}/${kind}/${name}`)
      if (!wanted) throw new RookeryError('NOT_FOUND', `no ${kind} ${name}`)
      await parts().enrolments.revoke(wanted, body.reason ?? '')
      return reply.status(204).send()
    },
  )
}
