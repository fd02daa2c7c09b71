import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import {
  type AgentMessage,
  type CoordinatorDraft,
  decodeAgentMessage,
  encodeCoordinatorMessage,
  type LogChunk,
  type PhaseReport,
  type SpoolRecord,
  sessionPath,
} from '../../proto/session.ts'

type Kind = AgentMessage['kind']
type BodyOf<K extends Kind> = Extract<AgentMessage, { kind: K }>['body']

interface Script {
  /** Without it every caller is let in. */
  readonly token?: string
  readonly heartbeatMs?: number
}

/** The coordinator's side of the session as a test wants it: real WebSockets, the real messages, no rollouts. */
export class SessionFixture {
  /** Everything that came, in order, over all sessions. */
  readonly messages: AgentMessage[] = []
  /** What a store would hold: each record once, in order. */
  readonly records: SpoolRecord[] = []
  sessions = 0
  /** While false, spool batches are taken but neither stored nor acknowledged. */
  acknowledges = true
  readonly #script: Script
  readonly #server = createServer()
  readonly #sockets = new WebSocketServer({ server: this.#server, path: sessionPath })
  #socket: WebSocket | undefined
  #waiting: (() => void)[] = []

  constructor(script: Script = {}) {
    this.#script = script
    this.#sockets.on('connection', (socket, request) => {
      if (script.token !== undefined && request.headers.authorization !== `Bearer ${script.token}`)
        return socket.terminate()
      this.#socket = socket
      socket.on('message', (data) => this.#received(socket, decodeAgentMessage(data as Buffer)!))
      socket.on('close', () => {
        if (this.#socket === socket) this.#socket = undefined
        this.#wake()
      })
    })
  }

  async start(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get isConnected(): boolean {
    return this.#socket !== undefined
  }

  async stop(): Promise<void> {
    this.cut()
    this.#sockets.close()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  send(draft: CoordinatorDraft): void {
    this.#socket?.send(encodeCoordinatorMessage(draft))
  }

  /** As when the network breaks. */
  cut(): void {
    this.#socket?.terminate()
    this.#socket = undefined
  }

  /** The first message of the kind that fits, of those that came or will come. */
  async received<K extends Kind>(kind: K, fits: (body: BodyOf<K>) => boolean = () => true): Promise<BodyOf<K>> {
    return this.until<BodyOf<K>>(`a ${kind}`, () => this.all(kind).find(fits))
  }

  all<K extends Kind>(kind: K): BodyOf<K>[] {
    return this.messages.filter((message) => message.kind === kind).map((message) => message.body as BodyOf<K>)
  }

  async finalOf(attemptId: string): Promise<PhaseReport> {
    return this.received('phaseReport', (report) => report.attemptId === attemptId && report.final)
  }

  reportsOf(attemptId: string): PhaseReport[] {
    return this.all('phaseReport').filter((report) => report.attemptId === attemptId)
  }

  chunks(stream: string): LogChunk[] {
    return this.records.flatMap(({ logChunk }) => (logChunk?.stream === stream ? [logChunk] : []))
  }

  text(stream: string): string {
    return this.chunks(stream)
      .map((chunk) => Buffer.from(chunk.data).toString())
      .join('')
  }

  /** Resolves with what `check` gives once it gives something; it is asked after every message. */
  async until<T>(what: string, check: () => T | undefined): Promise<T> {
    const late = new Promise<'late'>((resolve) => {
      setTimeout(resolve, 15_000, 'late').unref()
    })
    for (;;) {
      const value = check()
      if (value !== undefined && (value as unknown) !== false) return value
      const woken = await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), late])
      if (woken === 'late') throw new Error(`did not come: ${what}`)
    }
  }

  #received(socket: WebSocket, message: AgentMessage): void {
    this.messages.push(message)
    if (message.kind === 'hello') {
      this.sessions++
      const { heartbeatMs = 60_000 } = this.#script
      this.send({ welcome: { protocolVersion: 1, heartbeatMs, spoolAcked: this.#stored } })
    }
    if (message.kind === 'spoolBatch' && this.acknowledges) {
      this.records.push(...message.body.records.filter((record) => record.number > this.#stored))
      const { spoolId } = message.body
      socket.send(encodeCoordinatorMessage({ spoolAck: { spoolId, number: this.#stored } }))
    }
    this.#wake()
  }

  get #stored(): number {
    return this.records.at(-1)?.number ?? 0
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
