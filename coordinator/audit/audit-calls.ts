import type { FastifyReply, FastifyRequest } from 'fastify'
import { toRookeryError } from '../../runtime/errors.ts'
import { type HttpServer, problemAnswer } from '../../runtime/http-server.ts'
import type { AuditLog, AuditRecord } from './audit-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the call turned out to be about, where its address does not say: the rollout it started. */
    auditTarget: string | undefined
    /** It is in the audit log, or somebody else sees to that. */
    isAudited: boolean
  }
}

/**
 * Records every call of a route that has an action, also where it was refused, before its answer is sent. Calls that
 * came too often are not: who floods us must not flood the log.
 */
export function auditCalls(server: HttpServer, audit: Pick<AuditLog, 'record'>): void {
  server.decorateRequest('auditTarget', undefined)
  server.decorateRequest('isAudited', false)
  server.addHook('onSend', async (request, reply, payload) => {
    const { action } = request.routeOptions.config ?? {}
    if (action === undefined || action === null || request.isAudited) return payload
    request.isAudited = true
    if (reply.problemCode === 'RATE_LIMITED') return payload
    try {
      await audit.record(recordOf(request, reply, action))
    } catch (error) {
      return problemAnswer(reply, toRookeryError(error))
    }
    return payload
  })
}

function recordOf(request: FastifyRequest, reply: FastifyReply, action: string): AuditRecord {
  return {
    principal: request.principal?.id ?? 'anonymous',
    action,
    target: request.auditTarget ?? targetOf(request),
    parameters: { ...objectOf(request.query), ...objectOf(request.body) },
    source: request.ip,
    result: reply.problemCode ?? 'ok',
  }
}

/** What the address names (`host:web-1` where it takes two words), else the app of the body. */
function targetOf({ params, query, body }: FastifyRequest): string {
  const named = Object.values(objectOf(params)).filter((value) => typeof value === 'string')
  const app = objectOf(body).app ?? objectOf(query).app
  return named.length > 0 ? named.join(':') : String(app ?? '')
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
    ? (value as Record<string, unknown>)
    : {}
}
