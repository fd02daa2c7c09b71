import type { WebSocket } from 'ws'
import {
  type AgentMessage,
  type CoordinatorDraft,
  decodeAgentMessage,
  encodeCoordinatorMessage,
  type Hello,
  sessionProtocolVersion,
} from '../../proto/session.ts'
import { type Clock, sleep, type Timer } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { Allowance } from '../../swarm/index.ts'
import { checkedHello, checkedMessage } from './checked-messages.ts'

/** What a session tells the rest of the coordinator. Called one at a time for each session, in the order of the messages. */
export interface SessionHandlers {
  /** @returns the number of the last stored record of the agent's spool. @throws {RookeryError} to refuse the agent. */
  hello(session: AgentSession, hello: Hello): Promise<{ spoolAcked: number }>
  /** The agent was welcomed: what it is to do may be sent now. */
  welcomed(session: AgentSession, hello: Hello): Promise<void>
  message(session: AgentSession, message: AgentMessage): Promise<void>
  closed(session: AgentSession, saidGoodbye: boolean): Promise<void>
}

interface SessionOptions {
  readonly heartbeatMs: number
}

interface Dependencies {
  readonly socket: WebSocket
  readonly handlers: SessionHandlers
  readonly clock: Clock
  readonly logger: Logger
}

/** An agent that says nothing for so many heartbeats is taken for gone. */
const missedHeartbeats = 3
/** A connection that has not said Hello after this time is closed. */
const helloDeadlineMs = 10_000
/** More than this waits for the store: the socket is not read until half of it is done. */
const maxQueued = { messages: 32, bytes: 4 * 1024 * 1024 } as const
/** No host has more of us than others: an agent sends a few a second, and what it sends beyond these waits. */
const messageAllowance = { perSecond: 200, burst: 2_000 } as const
const overdrawnMs = 100

/** One agent's connection. Messages are handled one after the other; a message that cannot be read ends the session. */
export class AgentSession {
  readonly #options: SessionOptions
  readonly #dependencies: Dependencies
  #hello: Hello | undefined
  #saidGoodbye = false
  #isWelcomed = false
  #hasFailed = false
  #queued = { messages: 0, bytes: 0 }
  readonly #allowance: Allowance
  #work: Promise<void> = Promise.resolve()
  #silence: Timer

  constructor(options: SessionOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
    const { socket, clock } = dependencies
    this.#allowance = new Allowance(messageAllowance, clock)
    this.#silence = clock.after(helloDeadlineMs, () => this.close('REQUEST_INVALID', 'no hello'))
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, isBinary) => this.#received(data as Buffer, isBinary))
    socket.on('close', () => this.#closed())
    socket.on('error', (error) => dependencies.logger.debug({ error, host: this.host }, 'session socket failed'))
  }

  /** Empty before Hello. */
  get host(): string {
    return this.#hello?.host ?? ''
  }

  /** Whether commands may be sent. */
  get isWelcomed(): boolean {
    return this.#isWelcomed
  }

  /** Resolves once all that was received has been handled. */
  async idle(): Promise<void> {
    await this.#work
  }

  get spoolId(): string {
    return this.#hello?.spoolId ?? ''
  }

  send(draft: CoordinatorDraft): void {
    const { socket } = this.#dependencies
    if (socket.readyState === socket.OPEN) socket.send(encodeCoordinatorMessage(draft))
  }

  close(errorCode: string, reason: string): void {
    this.send({ goodbye: { reason, errorCode } })
    this.#dependencies.socket.close(1000)
    // A peer that does not answer the closing handshake must not keep the socket.
    this.#silence.cancel()
    this.#silence = this.#dependencies.clock.after(2_000, () => this.#dependencies.socket.terminate())
  }

  /** Ends a session whose peer is not to be waited for. */
  terminate(): void {
    this.#dependencies.socket.terminate()
  }

  #received(data: Buffer, isBinary: boolean): void {
    if (this.#hello) this.#listen()
    this.#queued = { messages: this.#queued.messages + 1, bytes: this.#queued.bytes + data.length }
    this.#flow()
    this.#work = this.#work
      .then(() => this.#handle(data, isBinary))
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#queued = { messages: this.#queued.messages - 1, bytes: this.#queued.bytes - data.length }
        this.#flow()
      })
  }

  /** Reads on or stops reading. What was read before that still comes. */
  #flow(): void {
    const { socket } = this.#dependencies
    const { messages, bytes } = this.#queued
    const share = Math.max(messages / maxQueued.messages, bytes / maxQueued.bytes)
    if (share > 1) socket.pause()
    else if (share <= 0.5 && socket.isPaused) socket.resume()
  }

  async #handle(data: Buffer, isBinary: boolean): Promise<void> {
    // What was sent right behind a Hello that was refused must not count as that host's.
    if (this.#hasFailed) return
    const { socket, clock } = this.#dependencies
    // What came before the end is still heard, without delay.
    while (!this.#allowance.take(1) && socket.readyState === socket.OPEN) await sleep(clock, overdrawnMs)
    // Who waits for us to read on is not silent.
    if (this.#hello && socket.readyState === socket.OPEN) this.#listen()
    if (!isBinary) throw new RookeryError('REQUEST_INVALID', 'a session carries binary frames only')
    const message = decode(data)
    if (!message) return
    if (!this.#hello) return this.#greet(message)
    if (message.kind === 'goodbye') this.#saidGoodbye = true
    await this.#dependencies.handlers.message(this, checkedMessage(message))
  }

  async #greet(message: AgentMessage): Promise<void> {
    if (message.kind !== 'hello')
      throw new RookeryError('REQUEST_INVALID', `the first message must be hello, not ${message.kind}`)
    const hello = checkedHello(message.body)
    // Named before it is enrolled, so that a socket that closes meanwhile is taken for that host's.
    this.#hello = hello
    const { spoolAcked } = await this.#dependencies.handlers.hello(this, hello)
    this.#listen()
    this.send({
      welcome: { protocolVersion: sessionProtocolVersion, heartbeatMs: this.#options.heartbeatMs, spoolAcked },
    })
    this.#isWelcomed = true
    await this.#dependencies.handlers.welcomed(this, hello)
  }

  #listen(): void {
    this.#silence.cancel()
    this.#silence = this.#dependencies.clock.after(this.#options.heartbeatMs * missedHeartbeats, () => this.terminate())
  }

  #fail(error: unknown): void {
    this.#hasFailed = true
    const { logger } = this.#dependencies
    if (error instanceof RookeryError) {
      logger.warn({ host: this.host, code: error.code }, `session refused: ${error.message}`)
      this.close(error.code, error.message)
    } else {
      logger.error({ host: this.host, error }, 'session failed')
      this.close('INTERNAL', 'an internal error; the log of the coordinator has the cause')
    }
  }

  #closed(): void {
    this.#silence.cancel()
    const hello = this.#hello
    if (!hello) return
    this.#work = this.#work
      .then(() => this.#dependencies.handlers.closed(this, this.#saidGoodbye))
      .catch((error) => this.#dependencies.logger.error({ host: this.host, error }, 'closing a session failed'))
  }
}

function decode(data: Buffer): AgentMessage | undefined {
  try {
    return decodeAgentMessage(data)
  } catch (error) {
    throw new RookeryError('REQUEST_INVALID', `a frame is not a session message: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}
