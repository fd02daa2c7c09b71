import type { FastifyReply } from 'fastify'

const keepAliveMs = 15_000
/** A watcher that reads so slowly that more than this waits for it is cut off; it resumes by Last-Event-ID. */
const maxBufferedBytes = 4 * 1024 * 1024
/** Whoever asks `taken` sends more when less than this waits. */
const comfortableBytes = 256 * 1024

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

  end(): void {
    this.#reply.raw.end()
  }

  /** Resolves once the watcher has taken nearly all that was sent, or is gone. */
  async taken(): Promise<void> {
    const { raw } = this.#reply
    while (!this.closed && raw.writableLength > comfortableBytes)
      await new Promise<void>((resolve) => {
        const go = () => {
          raw.off('drain', go)
          raw.off('close', go)
          resolve()
        }
        raw.on('drain', go)
        raw.on('close', go)
      })
  }

  onClose(task: () => void): void {
    this.#reply.raw.once('close', () => {
      clearInterval(this.#keepAlive)
      task()
    })
  }
}

interface Feed<T> {
  /** Send what came after this number first; undefined begins with what comes now. */
  readonly from: number | undefined
  readonly subscribe: (listener: (item: T) => void) => () => void
  /** Stored items after a number, oldest first. */
  readonly read: (after: number, limit: number) => Promise<readonly T[]>
  /** Null for items that are not stored. */
  readonly idOf: (item: T) => number | null
  readonly send: (item: T) => void
}

const replayPage = 500

/** Sends the past from a number on and then what comes, nothing twice, nothing missed, in order. */
export async function follow<T>(stream: EventStream, { from, subscribe, read, idOf, send }: Feed<T>): Promise<void> {
  // What happens while the past is read waits its turn.
  let waiting: T[] | undefined = []
  stream.onClose(subscribe((item) => (waiting ? waiting.push(item) : send(item))))
  let cursor = from ?? 0
  for (let more = from !== undefined; more && !stream.closed; ) {
    const page = await read(cursor, replayPage)
    page.forEach(send)
    cursor = page.map(idOf).at(-1) ?? cursor
    more = page.length === replayPage
  }
  const live = waiting
  waiting = undefined
  for (const item of live) {
    const id = idOf(item)
    if (id === null || id > cursor) send(item)
  }
}

/** The number a watcher wants to go on from: Last-Event-ID, which a browser sends when it reconnects, or undefined. */
export function lastEventId(headers: Record<string, string | string[] | undefined>): number | undefined {
  const text = headers['last-event-id']
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined
}
