import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RookeryError } from '../../runtime/errors.ts'
import { type HttpServer, problemAnswer } from '../../runtime/http-server.ts'
import type { CallLimits } from './config.ts'

/** Counts one more; resolves with the refusal when that was too many, and then the reply says when to come back. */
export type Count = (request: FastifyRequest, reply: FastifyReply) => Promise<RookeryError | undefined>

interface Bucket {
  /** In a minute. */
  readonly max: number
  readonly key?: (request: FastifyRequest) => string
  /** Whose calls, for people. */
  readonly of: (request: FastifyRequest) => string
}

const windowMs = 60_000
const fromAddress = () => 'from this address'

/**
 * Limits how often one principal calls, how often one address (of IPv6, its /64) calls without being known, and far more
 * strictly how often it calls with wrong credentials. Good credentials are let in however many bad ones came from the same
 * address: nobody can lock out those who share it, and 256 bits are not guessed.
 * @returns what a wrong credential counts as.
 */
export async function limitCalls(server: HttpServer, limits: CallLimits): Promise<Count> {
  await server.register(rateLimit, { global: false })
  const { requestsPerMinute: max, failedLoginsPerMinute } = limits
  const byAddress = countIn(server, { max, of: fromAddress })
  const key = ({ principal }: FastifyRequest) => principal?.id ?? ''
  const byPrincipal = countIn(server, { max, key, of: (request) => `of ${key(request)}` })
  const failed = countIn(server, {
    max: failedLoginsPerMinute,
    of: () => 'with wrong or no credentials from this address',
  })
  server.addHook('onRequest', async (request, reply) => {
    const refusal = await (request.principal ? byPrincipal : byAddress)(request, reply)
    if (refusal) throw refusal
  })
  // Open routes find out for themselves who calls, by a signature.
  server.addHook('onSend', async (request, reply, payload) => {
    if (request.routeOptions.config?.isOpen !== true || reply.problemCode !== 'UNAUTHORIZED') return payload
    const refusal = await failed(request, reply)
    return refusal ? problemAnswer(reply, refusal) : payload
  })
  return failed
}

/** `@fastify/rate-limit` must be on the server. Without a key it is the address that counts. */
export function countIn(server: HttpServer, { max, key, of }: Bucket): Count {
  const count = server.createRateLimit({ max, timeWindow: windowMs, ...(key && { keyGenerator: key }) })
  return async (request, reply) => {
    const outcome = await count(request)
    if (outcome.isAllowed || !outcome.isExceeded) return undefined
    reply.header('retry-after', outcome.ttlInSeconds)
    const sentence = `more than ${max} calls a minute ${of(request)}; try again in ${outcome.ttlInSeconds} s`
    return new RookeryError('RATE_LIMITED', sentence)
  }
}
