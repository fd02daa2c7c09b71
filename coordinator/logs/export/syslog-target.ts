import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SyslogExport } from './config.ts'
import type { ExportRecord, ExportTarget } from './export-record.ts'
import { octetCounted, syslogMessage } from './syslog-message.ts'

/** What every receiver must take is 2,048 (RFC 5426, section 3.2); most take this. */
const maxDatagramBytes = 8 * 1024
const deadlineMs = 10_000
const local0 = 16
const ports: Readonly<Record<string, number>> = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 }

/** RFC 5424 over UDP (RFC 5426), TCP (RFC 6587, octet counting) or TLS (RFC 5425). */
export function syslogTarget(options: SyslogExport): ExportTarget {
  return new URL(options.syslog).protocol === 'udp:' ? new UdpTarget(options) : new StreamTarget(options)
}

class UdpTarget implements ExportTarget {
  readonly #options: SyslogExport
  #socket: UdpSocket | undefined

  constructor(options: SyslogExport) {
    this.#options = options
  }

  async send(records: readonly ExportRecord[]): Promise<void> {
    const { host, port } = addressOf(this.#options)
    const { address, family } = await lookup(host)
    this.#socket ??= createSocket(family === 6 ? 'udp6' : 'udp4').on('error', () => this.#socket?.close())
    for (const record of records) {
      const bytes = Buffer.from(syslogMessage(record, this.#options.facility ?? local0))
      const datagram = bytes.length > maxDatagramBytes ? bytes.subarray(0, wholeCharacters(bytes)) : bytes
      await new Promise<void>((resolve, reject) => {
        this.#socket!.send(datagram, port, address, (error) => (error ? reject(error) : resolve()))
      })
    }
  }

  async close(): Promise<void> {
    this.#socket?.close()
    this.#socket = undefined
  }
}

/** Syslog has no acknowledgements: what was written last before a connection broke is written again on the next. */
class StreamTarget implements ExportTarget {
  readonly #options: SyslogExport
  #socket: Socket | undefined
  #last = ''

  constructor(options: SyslogExport) {
    this.#options = options
  }

  async send(records: readonly ExportRecord[]): Promise<void> {
    const { facility = local0 } = this.#options
    const messages = records.map((record) => octetCounted(syslogMessage(record, facility))).join('')
    const isNew = !this.#socket
    this.#socket ??= await this.#connect()
    await this.#write(this.#socket, isNew ? this.#last + messages : messages)
    this.#last = messages
  }

  async close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    if (!socket) return
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve()).end()
      setTimeout(() => socket.destroy(), 1_000).unref()
    })
  }

  async #connect(): Promise<Socket> {
    const { host, port, isTls } = addressOf(this.#options)
    const files = isTls ? await this.#tlsFiles() : {}
    return new Promise((resolve, reject) => {
      const socket = isTls
        ? connectTls({ host, port, servername: serverName(host), ...files })
        : connectTcp({ host, port })
      socket.setTimeout(deadlineMs, () => socket.destroy(new Error(`no connection in ${deadlineMs} ms`)))
      socket.once('error', reject)
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        socket.setTimeout(0)
        socket.setKeepAlive(true, 30_000)
        resolve(socket)
      })
      socket.on('error', () => {})
      // What a receiver sends is nothing to us, but an end must be seen.
      socket.resume()
      socket.once('close', () => this.#forget(socket))
      socket.once('end', () => this.#forget(socket))
    })
  }

  async #tlsFiles() {
    const { caFile, certificateFile, keyFile } = this.#options
    const read = (file: string | undefined) => (file === undefined ? undefined : readFile(file))
    const [ca, cert, key] = await Promise.all([caFile, certificateFile, keyFile].map(read))
    return { ca, cert, key }
  }

  #forget(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined
    socket.destroy()
  }

  #write(socket: Socket, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const onClose = () => reject(new Error('the receiver closed the connection'))
      const timer = setTimeout(() => socket.destroy(new Error(`not taken in ${deadlineMs} ms`)), deadlineMs)
      socket.once('close', onClose)
      socket.write(text, (error) => {
        clearTimeout(timer)
        socket.off('close', onClose)
        if (error) reject(error)
        else resolve()
      })
    })
  }
}

function addressOf({ syslog }: SyslogExport): { host: string; port: number; isTls: boolean } {
  const { protocol, hostname, port } = new URL(syslog)
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host, port: port === '' ? ports[protocol]! : Number(port), isTls: protocol === 'tls:' }
}

/** No name is sent of what is an address: RFC 6066, section 3. */
function serverName(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host
}

function wholeCharacters(bytes: Buffer): number {
  let end = maxDatagramBytes
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return end
}
