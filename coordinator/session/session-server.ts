import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type CoordinatorDraft, type Hello, maxSessionFrameBytes, sessionPath } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { AgentSession, type SessionHandlers } from './agent-session.ts'

interface SessionServerOptions {
  readonly heartbeatMs: number
}

/** Who is at the other end of a connection, where hosts have certificates. */
export interface SessionAdmission {
  /** The host that the connection's certificate is for; undefined when it is of no host of the fleet. */
  hostOf(request: IncomingMessage): string | undefined
  /** @throws {RookeryError} IDENTITY_INVALID when the host says what its identity does not allow. */
  check(hello: Hello, request: IncomingMessage): Promise<void>
}

interface Dependencies {
  /** The HTTP server whose upgrades at `sessionPath` become sessions. */
  readonly server: Server
  /** Without it, everybody is believed to be who he says: a trial on one machine. */
  readonly admission?: SessionAdmission
  readonly handlers: SessionHandlers
  readonly clock: Clock
  readonly logger: Logger
}

/** Of one host: its session, and those before it that it has left and we have not yet noticed. */
const maxConnectionsPerHost = 4

/** Accepts agents' sessions, one a host. */
export class SessionServer implements Component {
  readonly name = 'sessions'
  readonly #options: SessionServerOptions
  readonly #dependencies: Dependencies
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxSessionFrameBytes,
    perMessageDeflate: false,
  })
  readonly #byHost = new Map<string, AgentSession>()
  readonly #all = new Set<AgentSession>()
  /** By the host of the certificate. */
  readonly #connections = new Map<string, number>()
  readonly #closed = new WeakMap<AgentSession, Promise<void>>()

  constructor(options: SessionServerOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    this.#dependencies.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  async stop(): Promise<void> {
    const sessions = [...this.#all]
    const closed = sessions.map((session) => this.#closed.get(session))
    for (const session of sessions) session.close('UNAVAILABLE', 'the coordinator stops')
    this.#sockets.close()
    // What they still have to store must not meet a closed store.
    await Promise.all(closed)
    await Promise.all(sessions.map((session) => session.idle()))
  }

  /** Sends to a host's agent; false when it is not connected, and then it is told on its return. */
  send(host: string, draft: CoordinatorDraft): boolean {
    const session = this.#byHost.get(host)
    if (!session?.isWelcomed) return false
    session.send(draft)
    return true
  }

  /** To every agent that is connected; the others are told on their return. */
  sendAll(draft: CoordinatorDraft): void {
    for (const host of this.#byHost.keys()) this.send(host, draft)
  }

  get connectedHosts(): number {
    return this.#byHost.size
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (request.url?.split('?')[0] !== sessionPath) return refuse(socket, '404 Not Found')
    // A browser's page, of whoever: no agent is one.
    if (request.headers.origin !== undefined) return refuse(socket, '403 Forbidden')
    const { admission } = this.#dependencies
    const host = admission?.hostOf(request)
    if (admission && host === undefined) return refuse(socket, '401 Unauthorized')
    if (host !== undefined && this.#connectionsOf(host) >= maxConnectionsPerHost)
      return refuse(socket, '429 Too Many Requests')
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { clock, logger } = this.#dependencies
      const check = async (hello: Hello) => {
        if (host !== undefined && hello.host !== host)
          throw new RookeryError('IDENTITY_INVALID', `the certificate of ${host} does not speak for ${hello.host}`)
        await admission?.check(hello, request)
      }
      const handlers = this.#handlers(check)
      const session = new AgentSession(this.#options, { socket: webSocket, handlers, clock, logger })
      this.#all.add(session)
      if (host !== undefined) this.#connections.set(host, this.#connectionsOf(host) + 1)
      this.#closed.set(
        session,
        new Promise((resolve) => {
          webSocket.once('close', () => {
            this.#all.delete(session)
            if (host !== undefined) this.#disconnected(host)
            resolve()
          })
        }),
      )
    })
  }

  #connectionsOf(host: string): number {
    return this.#connections.get(host) ?? 0
  }

  #disconnected(host: string): void {
    const left = this.#connectionsOf(host) - 1
    if (left > 0) this.#connections.set(host, left)
    else this.#connections.delete(host)
  }

  /** The coordinator's handlers, with the bookkeeping of who is connected around them. */
  #handlers(check: (hello: Hello) => Promise<void>): SessionHandlers {
    const { handlers } = this.#dependencies
    return {
      hello: async (session, hello) => {
        await check(hello)
        this.#replace(session, hello)
        this.#byHost.set(hello.host, session)
        return handlers.hello(session, hello)
      },
      welcomed: (session, hello) => handlers.welcomed(session, hello),
      message: (session, message) => handlers.message(session, message),
      closed: async (session, saidGoodbye) => {
        // A session that was replaced by the same agent's next one is no loss of the host.
        if (this.#byHost.get(session.host) !== session) return
        this.#byHost.delete(session.host)
        await handlers.closed(session, saidGoodbye)
      },
    }
  }

  /** The same agent may come back before its old connection is known to be dead; another with its name may not. */
  #replace(session: AgentSession, hello: Hello): void {
    const older = this.#byHost.get(hello.host)
    if (!older || older === session) return
    if (older.spoolId !== hello.spoolId) {
      throw new RookeryError(
        'CONFLICT',
        `another agent with the name ${hello.host} is connected; give each host a name of its own`,
      )
    }
    this.#byHost.delete(hello.host)
    older.terminate()
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
