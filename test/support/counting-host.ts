import { once } from 'node:events'
import { WebSocket } from 'ws'
import { windowRecords } from '../../peer-agent/counters/window-records.ts'
import {
  type CounterKind,
  type CounterWindowsDraft,
  decodeCoordinatorMessage,
  encodeAgentMessage,
  sessionPath,
  sessionProtocolVersion,
} from '../../proto/session.ts'

interface Options {
  /** Of a coordinator with `access: open`. */
  readonly url: string
  readonly host: string
  readonly pools?: readonly string[]
}

/** What an agent is to the coordinator's counters: a real session, and records of a spool that are acknowledged. */
export class CountingHost {
  readonly #options: Options
  #socket: WebSocket | undefined
  #number = 0
  #acked = 0
  #onAck: () => void = () => {}

  constructor(options: Options) {
    this.#options = options
  }

  async connect(): Promise<void> {
    const { url, host, pools = ['web'] } = this.#options
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${sessionPath}`)
    this.#socket = socket
    await once(socket, 'open')
    const said = { protocolVersion: sessionProtocolVersion, agentVersion: '1.0.0', host, pools: [...pools] }
    const welcomed = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const message = decodeCoordinatorMessage(data as Buffer)
        if (message?.kind === 'welcome') resolve()
        if (message?.kind !== 'spoolAck') return
        this.#acked = message.body.number
        this.#onAck()
      })
    })
    socket.send(encodeAgentMessage({ hello: { ...said, spoolId: `spool-of-${host}` } }))
    await welcomed
  }

  beat(): void {
    this.#socket?.send(encodeAgentMessage({ heartbeat: { sentAtMs: Date.now() } }))
  }

  /** Sends records in one batch and resolves once they are acknowledged. */
  async ship(records: readonly CounterWindowsDraft[]): Promise<void> {
    const numbered = records.map((counterWindows) => ({ number: ++this.#number, counterWindows }))
    const last = this.#number
    const acked = new Promise<void>((resolve) => {
      this.#onAck = () => {
        if (this.#acked >= last) resolve()
      }
    })
    const batch = { spoolId: `spool-of-${this.#options.host}`, records: numbered }
    this.#socket!.send(encodeAgentMessage({ spoolBatch: batch }))
    await acked
  }

  disconnect(): void {
    this.#socket?.terminate()
  }
}

/** Records of counters that were each counted once in a window of 10 s. */
export function singles(
  startMs: number,
  app: string,
  kind: CounterKind,
  values: Readonly<Record<string, number>>,
): CounterWindowsDraft[] {
  const windows = Object.entries(values).map(([name, sum]) => ({
    ...{ name, kind, count: 1, sum, sumOfSquares: sum * sum, min: sum, max: sum },
  }))
  return windowRecords(startMs, 10_000, [{ app, windows }])
}
