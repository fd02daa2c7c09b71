import { createSocket, type Socket } from 'node:dgram'
import { readFile, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket as StreamSocket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, systemErrorCode } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { StatsdDesk } from './statsd-desk.ts'

interface Options {
  readonly enabled: boolean
  /** Of the host's own; 0 for none. */
  readonly port: number
  /** Of the host's own. */
  readonly socket?: string
  /** Keeps the ports of the apps, which know them by their environment and outlive the agent. */
  readonly portsFile: string
}

interface Dependencies {
  /** Whose lines they are; `''` for the host's. */
  readonly deskOf: (app: string) => StatsdDesk
  readonly logger: Logger
}

export const statsdHost = '127.0.0.1'
/** What bursts while the agent is busy; the system gives what it allows. */
const receiveBufferBytes = 4 * 1024 * 1024
/** A line on a stream that is longer is no line of StatsD. */
const maxLineCharacters = 8 * 1024

/**
 * Listens for StatsD on loopback: one UDP port for each app, so that what comes is known to be the app's without its help,
 * and one for the host. Node has no datagrams on Unix sockets, hence a stream.
 */
export class StatsdIntake implements Component {
  readonly name = 'statsd'
  readonly #options: Options
  readonly #dependencies: Dependencies
  readonly #sockets = new Map<string, Promise<Socket | undefined>>()
  #ports: Record<string, number> = {}
  #server: Server | undefined
  readonly #streams = new Set<StreamSocket>()

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    const { enabled, port, socket, portsFile } = this.#options
    if (!enabled) return
    this.#ports = await readPorts(portsFile)
    await Promise.all(Object.keys(this.#ports).map((app) => this.#listen(app)))
    if (port !== 0) await this.#listenForHost(port)
    if (socket !== undefined) await this.#listenOn(socket)
  }

  async stop(): Promise<void> {
    const sockets = await Promise.all(this.#sockets.values())
    for (const socket of sockets) socket?.close()
    this.#sockets.clear()
    for (const stream of this.#streams) stream.destroy()
    this.#server?.close()
  }

  /** Where an app's process finds its port; nothing when there is none. */
  async variables(app: string): Promise<Record<string, string>> {
    if (!this.#options.enabled) return {}
    const socket = await this.#listen(app)
    return socket ? { ROOKERY_STATSD_HOST: statsdHost, ROOKERY_STATSD_PORT: String(socket.address().port) } : {}
  }

  #listen(app: string): Promise<Socket | undefined> {
    let socket = this.#sockets.get(app)
    if (!socket) {
      socket = this.#openFor(app)
      this.#sockets.set(app, socket)
    }
    return socket
  }

  async #openFor(app: string): Promise<Socket | undefined> {
    const { deskOf, logger } = this.#dependencies
    const desk = deskOf(app)
    const kept = this.#ports[app] ?? 0
    try {
      const socket = await bind(kept, desk).catch((error) => {
        if (kept === 0) throw error
        logger.warn({ app }, `port ${kept} is taken: what the app counts is lost until it is started again`)
        return bind(0, desk)
      })
      await this.#keep(app, socket.address().port)
      return socket
    } catch (error) {
      logger.error({ app, error }, `no port for StatsD: ${errorMessage(error)}`)
      return undefined
    }
  }

  async #keep(app: string, port: number): Promise<void> {
    if (this.#ports[app] === port) return
    this.#ports = { ...this.#ports, [app]: port }
    await writeFileDurably(this.#options.portsFile, JSON.stringify(this.#ports), 0o600)
  }

  /** Another server of StatsD on the host keeps its port: apps have their own. */
  async #listenForHost(port: number): Promise<void> {
    const { deskOf, logger } = this.#dependencies
    try {
      this.#sockets.set('', Promise.resolve(await bind(port, deskOf(''))))
    } catch (error) {
      const taken = systemErrorCode(error) === 'EADDRINUSE'
      const why = taken ? 'another process has it' : errorMessage(error)
      logger.info({ port }, `StatsD of the host is not taken on port ${port}: ${why}`)
    }
  }

  async #listenOn(path: string): Promise<void> {
    await rm(path, { force: true })
    const server = createServer((stream) => this.#read(stream))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ path, writableAll: true }, () => resolve())
    })
  }

  #read(stream: StreamSocket): void {
    const desk = this.#dependencies.deskOf('')
    const decoder = new StringDecoder('utf8')
    this.#streams.add(stream)
    let rest = ''
    stream.on('data', (bytes) => {
      const text = rest + decoder.write(bytes)
      const end = text.lastIndexOf('\n') + 1
      desk.take(text.slice(0, end))
      rest = text.slice(end)
      if (rest.length > maxLineCharacters) stream.destroy()
    })
    stream.on('end', () => desk.take(rest))
    stream.on('close', () => this.#streams.delete(stream))
    stream.on('error', () => stream.destroy())
  }
}

async function readPorts(file: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, number>
  } catch {
    return {}
  }
}

function bind(port: number, desk: StatsdDesk): Promise<Socket> {
  const socket = createSocket('udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ port, address: statsdHost }, () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      socket.setRecvBufferSize(receiveBufferBytes)
      socket.on('message', (bytes) => desk.take(bytes.toString('utf8')))
      resolve(socket)
    })
  })
}
