import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { Ajv } from 'ajv'
import { otlpLogsSchema } from './otlp-schema.ts'

/** A message of RFC 5424, taken apart. */
export interface SyslogMessage {
  readonly priority: number
  readonly host: string
  readonly app: string
  readonly messageId: string
  readonly data: string
  readonly text: string
}

/** The grammar of RFC 5424, section 6, as far as its fields have a form. */
const grammar =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) (\[[\x21-\x7e]{1,32}(?: [\x21-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) \ufeff([\s\S]*)$/

export function parseSyslog(bytes: Buffer): SyslogMessage {
  const match = grammar.exec(bytes.toString('utf8'))
  if (!match) throw new Error(`no message of RFC 5424: ${bytes.toString('utf8').slice(0, 200)}`)
  const [, priority, , host, app, , messageId, data, text] = match as unknown as string[]
  return { priority: Number(priority), host: host!, app: app!, messageId: messageId!, data: data!, text: text! }
}

/** Takes octet-counted syslog over TCP, or over TLS with these options. */
export class SyslogReceiver {
  readonly messages: SyslogMessage[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  /** Takes connections, and reads nothing from them. */
  isDeaf = false

  constructor(tls?: TlsOptions) {
    const onSocket = (socket: Socket) => this.#serve(socket)
    this.#server = tls ? createTlsServer(tls, onSocket) : createTcpServer(onSocket)
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Ends every connection, without a word. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.drop()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    if (this.isDeaf) return
    let held = Buffer.alloc(0)
    socket.on('data', (data) => {
      held = Buffer.concat([held, data])
      for (let space = held.indexOf(0x20); space > 0; space = held.indexOf(0x20)) {
        const length = Number(held.toString('latin1', 0, space))
        if (held.length < space + 1 + length) break
        this.messages.push(parseSyslog(held.subarray(space + 1, space + 1 + length)))
        held = held.subarray(space + 1 + length)
      }
    })
  }
}

/** Takes syslog over UDP. */
export async function udpReceiver(): Promise<{ port: number; messages: SyslogMessage[]; close: () => void }> {
  const messages: SyslogMessage[] = []
  const socket = createSocket('udp4', (bytes) => messages.push(parseSyslog(bytes)))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, messages, close: () => socket.close() }
}

interface Value {
  readonly stringValue?: string
  readonly intValue?: string
}

interface Attribute {
  readonly key: string
  readonly value: Value
}

interface OtlpBody {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly timeUnixNano: string
        readonly severityNumber?: number
        readonly body: Value
        readonly attributes: readonly Attribute[]
      }[]
    }[]
  }[]
}

/** A log record with the attributes of its resource. */
export interface ReceivedRecord {
  readonly text: string
  readonly severityNumber: number | undefined
  readonly timeUnixNano: string
  readonly attributes: Readonly<Record<string, string>>
}

const validate = new Ajv({ strict: false }).compile<OtlpBody>(otlpLogsSchema)

/** A collector of OTLP over HTTP that refuses what does not fit the schema of OTLP’s JSON form. */
export class OtlpReceiver {
  readonly records: ReceivedRecord[] = []
  readonly requests: IncomingMessage[] = []
  /** Answers in place of taking it; undefined takes it. */
  answer: ((response: ServerResponse) => void) | undefined
  readonly #server = createHttpServer((request, response) => void this.#serve(request, response))

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.closeAllConnections()
    this.#server.close()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString())
    this.requests.push(request)
    if (this.answer) return this.answer(response)
    if (!validate(body)) return void response.writeHead(400).end(JSON.stringify(validate.errors))
    for (const { resource, scopeLogs } of body.resourceLogs)
      for (const { logRecords } of scopeLogs)
        for (const record of logRecords)
          this.records.push({
            text: record.body.stringValue ?? '',
            severityNumber: record.severityNumber,
            timeUnixNano: record.timeUnixNano,
            attributes: plain([...resource.attributes, ...record.attributes]),
          })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}')
  }
}

function plain(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']))
}
