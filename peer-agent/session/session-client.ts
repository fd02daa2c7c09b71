import { type CertMeta, WebSocket } from 'ws'
import {
  type AgentDraft,
  type CoordinatorMessage,
  decodeCoordinatorMessage,
  encodeAgentMessage,
  maxSessionFrameBytes,
  sessionPath,
  sessionProtocolVersion,
  type Welcome,
} from '../../proto/session.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { TlsIdentity } from '../../trust/tls-identity.ts'
import { Backoff } from './backoff.ts'

interface SessionOptions {
  /** Of the coordinator, `http(s)://` or `ws(s)://`. */
  readonly url: string
  /** Without it, this is a trial on one machine. */
  readonly identity?: TlsIdentity
}

interface SessionHandlers {
  /** Everything a Hello says; asked for anew with each connection. */
  hello(): NonNullable<AgentDraft['hello']>
  heartbeat(): NonNullable<AgentDraft['heartbeat']>
  welcomed(welcome: Welcome): void
  message(message: CoordinatorMessage): void
  disconnected(): void
}

interface Dependencies {
  readonly handlers: SessionHandlers
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** From the first packet to Welcome. */
const welcomeDeadlineMs = 10_000
/** A coordinator from which nothing has come for so many heartbeats, not even a pong, is gone. */
const missedHeartbeats = 3
/** A session that lasted so long was a good one: the next attempt to connect comes soon. */
const stableMs = 10_000
const closeDeadlineMs = 1_000

/** The agent's side of the control session: connects, says Hello, beats, and begins again whenever the connection ends. */
export class SessionClient implements Component {
  readonly name = 'session'
  readonly #options: SessionOptions
  readonly #dependencies: Dependencies
  readonly #backoff: Backoff
  #socket: WebSocket | undefined
  #welcome: Welcome | undefined
  #welcomedAtMs = 0
  #lastHeardMs = 0
  #timers: Timer[] = []
  #retry: Timer | undefined
  #stopped = false

  constructor(options: SessionOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
    this.#backoff = new Backoff(dependencies.random)
  }

  get isConnected(): boolean {
    return this.#welcome !== undefined
  }

  async start(): Promise<void> {
    this.#connect()
  }

  /** Says that it leaves on purpose, so that nobody waits for it. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#retry?.cancel()
    const socket = this.#socket
    if (!socket) return
    this.send({ goodbye: { reason: 'the agent stops', errorCode: '' } })
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.close(1000)
    const deadline = this.#dependencies.clock.after(closeDeadlineMs, () => socket.terminate())
    await closed
    deadline.cancel()
  }

  /** Sends when a session stands; false when none does. */
  send(draft: AgentDraft): boolean {
    if (!this.#welcome || this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(encodeAgentMessage(draft))
    return true
  }

  #connect(): void {
    if (this.#stopped) return
    const { identity } = this.#options
    const socket = new WebSocket(sessionUrl(this.#options.url), {
      ...(identity && { ...identity.secureContext, checkServerIdentity: coordinatorCheck(identity) }),
      handshakeTimeout: welcomeDeadlineMs,
      maxPayload: maxSessionFrameBytes,
      perMessageDeflate: false,
    })
    this.#socket = socket
    const { clock } = this.#dependencies
    const deadline = clock.after(welcomeDeadlineMs, () => this.#drop('no welcome in time'))
    this.#timers = [deadline]
    socket.on('open', () => socket.send(encodeAgentMessage({ hello: this.#dependencies.handlers.hello() })))
    socket.on('message', (data, isBinary) => this.#received(data as Buffer, isBinary, deadline))
    socket.on('pong', () => {
      this.#lastHeardMs = clock.monotonicMs()
    })
    let reason = 'the connection was closed'
    let isAnswered = false
    socket.on('unexpected-response', (_request, response) => {
      const hint = response.statusCode === 401 ? ': it does not know our certificate' : ''
      reason = `the coordinator answered HTTP ${response.statusCode}${hint}`
      isAnswered = true
      socket.terminate()
    })
    socket.on('error', (error) => {
      // To end an attempt that was answered is an error to ws as well.
      if (!isAnswered) reason = errorMessage(error) || reason
    })
    socket.once('close', () => this.#closed(reason))
  }

  #received(data: Buffer, isBinary: boolean, welcomeDeadline: Timer): void {
    this.#lastHeardMs = this.#dependencies.clock.monotonicMs()
    let message: CoordinatorMessage | undefined
    try {
      if (!isBinary) throw new Error('not a binary frame')
      message = decodeCoordinatorMessage(data)
    } catch (error) {
      return this.#drop(`a frame is not a session message: ${errorMessage(error)}`)
    }
    if (!message) return
    if (message.kind === 'welcome') {
      welcomeDeadline.cancel()
      this.#welcomed(message.body)
    } else if (message.kind === 'goodbye') {
      const { reason, errorCode } = message.body
      this.#dependencies.logger.warn({ code: errorCode }, `the coordinator says goodbye: ${reason}`)
      this.#socket?.close(1000)
    } else if (this.#welcome) this.#dependencies.handlers.message(message)
  }

  #welcomed(welcome: Welcome): void {
    const { clock, logger, handlers } = this.#dependencies
    if (welcome.protocolVersion > sessionProtocolVersion || welcome.heartbeatMs < 1)
      return this.#drop(`a welcome of protocol version ${welcome.protocolVersion} is not understood`)
    this.#welcome = welcome
    this.#welcomedAtMs = clock.monotonicMs()
    this.#timers.push(clock.every(welcome.heartbeatMs, () => this.#beat(welcome.heartbeatMs)))
    logger.info({ url: this.#options.url }, 'session established')
    handlers.welcomed(welcome)
  }

  #beat(heartbeatMs: number): void {
    const { clock, handlers } = this.#dependencies
    if (clock.monotonicMs() - this.#lastHeardMs > heartbeatMs * missedHeartbeats)
      return this.#drop(`nothing heard for ${missedHeartbeats} heartbeats`)
    this.send({ heartbeat: handlers.heartbeat() })
    this.#socket?.ping()
  }

  #drop(reason: string): void {
    this.#dependencies.logger.warn(`session given up: ${reason}`)
    this.#socket?.terminate()
  }

  #closed(reason: string): void {
    const { clock, logger, handlers } = this.#dependencies
    for (const timer of this.#timers) timer.cancel()
    this.#timers = []
    const wasWelcome = this.#welcome !== undefined
    this.#welcome = undefined
    this.#socket = undefined
    if (wasWelcome) handlers.disconnected()
    if (this.#stopped) return
    if (wasWelcome && clock.monotonicMs() - this.#welcomedAtMs > stableMs) this.#backoff.reset()
    const delayMs = this.#backoff.nextMs()
    logger.warn({ retryMs: delayMs }, `no session with ${this.#options.url}: ${reason}`)
    this.#retry = clock.after(delayMs, () => this.#connect())
  }
}

/** The type of ws wants the check to say yes or no; Node, which makes it, takes an error. */
function coordinatorCheck(identity: TlsIdentity): (host: string, peer: CertMeta) => boolean {
  return identity.serverCheck({ kind: 'service', name: 'coordinator' }) as never
}

function sessionUrl(url: string): string {
  return `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}${sessionPath}`
}
