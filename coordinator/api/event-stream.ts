import type { FastifyReply } from 'fastify'

const keepAliveMs = 15_000
/** A watcher that reads so slowly that more than this waits for it is cut off; it resumes by Last-Event-ID. */
const maxBufferedBytes = 4 * 1024 * 1024

interface StreamEvent {
  readonly type: string
  /** Null for events that cannot be resumed from. */
  readonly id: number | null
  readonly data: unknown
}

/** A response as Server-Sent Events (WHATWG HTML, section 9.2). */
export class EventStream {
  readonly #reply: FastifyReply
  readonly #keepAlive: NodeJS.Timeout

  constructor(reply: FastifyReply) {
    this.#reply = reply
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    reply.raw.write(': open\n\n')
    this.#keepAlive = setInterval(() => reply.raw.write(': keep-alive\n\n'), keepAliveMs)
    this.#keepAlive.unref()
    reply.raw.on('error', () => reply.raw.destroy())
  }

  get closed(): boolean {
    return this.#reply.raw.destroyed || this.#reply.raw.writableEnded
  }

  send({ type, id, data }: StreamEvent): void {
    if (this.closed) return
    const { raw } = this.#reply
    // JSON has no raw line break, so one data line is enough.
    raw.write(`${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    if (raw.writableLength > maxBufferedBytes) raw.destroy()
  }

  onClose(task: () => void): void {
    this.#reply.raw.once('close', () => {
      clearInterval(this.#keepAlive)
      task()
    })
  }
}

/** The number a watcher wants to go on from: Last-Event-ID, which a browser sends when it reconnects, or undefined. */
export function lastEventId(headers: Record<string, string | string[] | undefined>): number | undefined {
  const text = headers['last-event-id']
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined
}
