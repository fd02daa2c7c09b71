import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP server of files by path, with ranges; `next` answers the next request in its place. */
export class MirrorFixture {
  readonly files = new Map<string, Buffer>()
  /** `path range` of every request. */
  readonly requests: string[] = []
  readonly tokens: (string | undefined)[] = []
  next: Answer | undefined
  /** Answers every request while it is set. */
  always: Answer | undefined
  readonly #server = createServer((request, response) => this.#handle(request, response))
  #waiting: (() => void)[] = []

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  get origin(): string {
    return new URL(this.url).origin
  }

  /** Resolves once so many requests have come in. */
  async asked(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** What a good server answers to one range. */
  readonly serve: Answer = (request, response) => {
    const file = this.files.get(request.url ?? '')
    if (!file) return void response.writeHead(404).end()
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    if (!range) return void response.writeHead(200, { 'content-length': file.length }).end(file)
    const [first, last] = [Number(range[1]), Number(range[2])]
    const body = file.subarray(first, last + 1)
    response.writeHead(206, {
      'content-length': body.length,
      'content-range': `bytes ${first}-${last}/${file.length}`,
    })
    response.end(body)
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.url} ${request.headers.range ?? '-'}`)
    this.tokens.push(request.headers.authorization)
    const answer = this.next ?? this.always ?? this.serve
    this.next = undefined
    answer(request, response)
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
