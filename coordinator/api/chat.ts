import type { FastifyRequest } from 'fastify'
import { ChatAnswer } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError, toRookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { ChatActions } from '../chat/chat-actions.ts'
import { isFromSlack, TakenSignatures } from '../chat/slack-signature.ts'
import { answerSlash } from '../chat/slash-command.ts'

/** A chat's way in. */
export interface Chat {
  /** Undefined when none is configured. */
  readonly signingSecret: string | undefined
  readonly actions: ChatActions
}

interface Parts {
  readonly chat: Chat
  readonly audit: Pick<AuditLog, 'record'>
  readonly clock: Clock
}

/** Slack shows an error when it hears nothing for 3 s; what takes longer is sent behind. */
const answerDeadlineMs = 2_000
const working: ChatAnswer = { response_type: 'ephemeral', text: 'working on it…' }
const userNameLength = 80

export async function chatRoutes(server: HttpServer, { chat, audit, clock }: Parts): Promise<void> {
  const taken = new TakenSignatures()
  await server.register(async (inner) => {
    const scope = inner as unknown as HttpServer
    // The signature is over the bytes as they came.
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    scope.post(
      '/chat/slash',
      {
        schema: {
          summary: 'A slash command of Slack, form-encoded and signed by it (v0); needs no bearer token',
          security: [],
          response: { 200: ChatAnswer },
        } as { response: { 200: typeof ChatAnswer } },
        // It bears a signature instead of a token.
        config: { isOpen: true, action: 'chat.command' },
      },
      async (request) => {
        const form = signedForm(request, chat.signingSecret, { taken, nowMs: clock.now() })
        const answer = recordedAnswer(form, request, { chat, audit })
        return Promise.race([answer, answerLate(answer, form.get('response_url'), request, clock)])
      },
    )
  })
}

/** @throws {RookeryError} NOT_FOUND when no chat is configured; UNAUTHORIZED when it did not sign this. */
function signedForm(
  request: FastifyRequest,
  secret: string | undefined,
  { taken, nowMs }: { readonly taken: TakenSignatures; readonly nowMs: number },
): URLSearchParams {
  if (secret === undefined)
    throw new RookeryError('NOT_FOUND', 'no chat is configured: chat.signingSecretFile is not set')
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const header = (name: string) => String(request.headers[name] ?? '')
  const signed = { timestamp: header('x-slack-request-timestamp'), signature: header('x-slack-signature'), body }
  if (!isFromSlack(signed, secret, nowMs))
    throw new RookeryError('UNAUTHORIZED', 'the request is not signed with the chat’s secret, or not lately')
  if (!taken.take(signed.signature, nowMs))
    throw new RookeryError('UNAUTHORIZED', 'this request was taken before; Slack sends none twice')
  return new URLSearchParams(body.toString('utf8'))
}

/** Recorded before it is answered, also where that takes longer than the chat waits. */
async function recordedAnswer(
  form: URLSearchParams,
  request: FastifyRequest,
  { chat, audit }: Pick<Parts, 'chat' | 'audit'>,
): Promise<ChatAnswer> {
  request.isAudited = true
  const [text, user] = [form.get('text') ?? '', userOf(form)]
  const record = (verb: string, result: string) =>
    audit.record({
      ...{ principal: `chat:${user}`, action: `chat.${verb}`, target: text.split(/\s+/)[1] ?? '' },
      ...{ parameters: { text }, source: request.ip, result },
    })
  const outcome = await answerSlash(chat.actions, text, user).catch(async (error: unknown) => {
    await record('unknown', toRookeryError(error).code)
    throw error
  })
  await record(outcome.verb, outcome.result)
  return outcome.answer
}

function userOf(form: URLSearchParams): string {
  return (form.get('user_name') || form.get('user_id') || 'unknown').slice(0, userNameLength)
}

/** Resolves with a first answer when the real one takes too long, and sends that one when it is there. */
function answerLate(
  answer: Promise<ChatAnswer>,
  url: string | null,
  request: FastifyRequest,
  clock: Clock,
): Promise<ChatAnswer> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(answerDeadlineMs, () => {
      resolve(working)
      answer
        .then((late) => (url === null ? undefined : postAnswer(url, late)))
        .catch((error: unknown) => request.log.error({ error }, 'a late answer did not reach the chat'))
    })
    answer.then(
      () => timer.cancel(),
      (error: unknown) => {
        timer.cancel()
        reject(error)
      },
    )
  })
}

async function postAnswer(url: string, answer: ChatAnswer): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
    signal: AbortSignal.timeout(10_000),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
}
