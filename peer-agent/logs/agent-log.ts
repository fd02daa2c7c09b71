import { pino } from 'pino'
import { createLogger, type Logger, type LogLevel } from '../../runtime/logger.ts'
import type { LogShipper, LogStream } from './log-shipper.ts'

/** Finer levels stay on the host: they would tell of every batch that is sent, in the next batch. */
const shippedLevels = new Set(['info', 'warn', 'error', 'fatal'])

/** Open at once: far more rollouts than ever touch one host in a day. */
const maxStreams = 32

/**
 * The agent's own log: each line to standard output, and from `info` on also into the stream `agent`, filed under the
 * rollout it bears. Lines written before `shipTo` and while a line is being shipped go to standard output alone.
 */
export class AgentLog {
  readonly logger: Logger
  readonly #standardOutput = pino.destination({ fd: 1, sync: true })
  #shipper: LogShipper | undefined
  #shipping = false
  /** One open stream for each rollout there are lines of. */
  readonly #streams = new Map<string, LogStream>()

  constructor(level: LogLevel) {
    // A reader that went away must not take the agent with it.
    this.#standardOutput.on('error', () => {})
    this.logger = createLogger({ service: 'agent', level }, { write: (line) => this.#write(line) })
  }

  shipTo(shipper: LogShipper): void {
    this.#shipper = shipper
  }

  #write(line: string): void {
    this.#standardOutput.write(line)
    if (!this.#shipper || this.#shipping) return
    this.#shipping = true
    try {
      const { level, rolloutId = '' } = JSON.parse(line) as { level: string; rolloutId?: string }
      if (shippedLevels.has(level)) this.#stream(rolloutId).write(Buffer.from(line))
    } finally {
      this.#shipping = false
    }
  }

  #stream(rolloutId: string): LogStream {
    let stream = this.#streams.get(rolloutId)
    if (!stream) {
      this.#forgetOldest()
      stream = this.#shipper!.open({ stream: 'agent', rolloutId, app: '', releaseId: '' })
      this.#streams.set(rolloutId, stream)
    }
    return stream
  }

  #forgetOldest(): void {
    if (this.#streams.size < maxStreams) return
    const [oldest, stream] = this.#streams.entries().next().value!
    stream.end()
    this.#streams.delete(oldest)
  }
}
