import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import {
  type AgentDraft,
  CommandKind,
  decodeCoordinatorMessage,
  encodeAgentMessage,
  Phase,
  PhaseState,
  sessionPath,
  sessionProtocolVersion,
} from '../../proto/session.ts'

interface Options {
  /** Of the coordinator. */
  readonly url: string
  readonly host: string
  readonly pool: string
  /** An app's restart, until it is ready, in ms. */
  readonly restartMs: number
  /** It was told to activate a release, or has proved ready on it. */
  readonly onRestart: (what: 'begun' | 'ready') => void
}

/** An agent as the coordinator knows one: a real session, and behind it no files, no swarm and no app. */
export class SimulatedAgent {
  readonly #options: Options
  readonly #socket: WebSocket
  readonly #live = new Map<string, string>()
  #heartbeat: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
    this.#socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}${sessionPath}`)
    this.#socket.binaryType = 'nodebuffer'
  }

  async connect(): Promise<void> {
    await once(this.#socket, 'open')
    this.#socket.on('message', (data: Buffer) => void this.#received(data))
    const { host, pool } = this.#options
    const known = { observed: [], attempts: [], labels: {}, spoolId: host, agentVersion: '0.0.0' }
    this.#send({ hello: { protocolVersion: sessionProtocolVersion, host, pools: [pool], ...known } })
  }

  close(): void {
    clearInterval(this.#heartbeat)
    this.#socket.terminate()
  }

  async #received(data: Buffer): Promise<void> {
    const message = decodeCoordinatorMessage(data)
    if (message?.kind === 'welcome') {
      const beat = () => this.#send({ heartbeat: { sentAtMs: Date.now(), observed: this.#observed() } })
      this.#heartbeat = setInterval(beat, message.body.heartbeatMs)
      return
    }
    if (message?.kind === 'desiredRelease') return this.#end(message.body, Phase.PHASE_UNPACK)
    if (message?.kind !== 'command' || message.body.kind !== CommandKind.COMMAND_KIND_ACTIVATE) return
    this.#options.onRestart('begun')
    await sleep(this.#options.restartMs)
    this.#live.set(message.body.app, message.body.releaseId)
    this.#options.onRestart('ready')
    this.#end(message.body, Phase.PHASE_READINESS)
  }

  #end(attempt: { attemptId: string; rolloutId: string; app: string; releaseId: string }, phase: Phase): void {
    const { attemptId, rolloutId, app, releaseId } = attempt
    const end = { phase, state: PhaseState.PHASE_STATE_SUCCEEDED, final: true, atMs: Date.now(), durationMs: 1 }
    this.#send({ phaseReport: { attemptId, rolloutId, app, releaseId, ...end } })
  }

  #observed() {
    return [...this.#live].map(([app, liveReleaseId]) => {
      return { app, liveReleaseId, ready: true, heldReleaseIds: [liveReleaseId] }
    })
  }

  #send(draft: AgentDraft): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeAgentMessage(draft))
  }
}
