import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import bencode from 'bencode'
import { errorMessage } from '../../runtime/errors.ts'
import type { SwarmTls } from '../io/swarm-tls.ts'
import { contextOptions } from '../io/tls-context.ts'
import { checkBencode } from '../metainfo/bencode-check.ts'

/** What the tracker library gives to be asked: `info_hash` and `peer_id` are strings of one character a byte. */
type Parameters = Readonly<Record<string, unknown>>
type Answer = Readonly<Record<string, unknown>>

const timeoutMs = 15_000
/** A handout of 200 peers has some kilobytes. */
const maxAnswerBytes = 256 * 1024
/** For all torrents of a session: announces take turns rather than filling the tracker with connections. */
const maxSockets = 8

/** HTTPS trackers that are asked with our certificate, and must show one that counts. For all torrents of a session. */
export class SecureTrackers {
  readonly #tls: SwarmTls
  readonly #unsubscribe: () => void
  #agent: Agent

  constructor(tls: SwarmTls) {
    this.#tls = tls
    this.#agent = this.#createAgent()
    this.#unsubscribe = tls.onChange(() => {
      this.#agent.destroy()
      this.#agent = this.#createAgent()
    })
  }

  /**
   * Announces or scrapes.
   * @throws {Error} when the tracker does not answer, is not let in, says why it refuses, or answers what is no bencoded dictionary.
   */
  async ask(announceUrl: string, parameters: Parameters): Promise<Answer> {
    const url = new URL(announceUrl)
    url.search = [url.search.slice(1), queryOf(parameters)].filter((part) => part !== '').join('&')
    const answer = decode(await this.#get(url))
    const failure = answer['failure reason']
    if (failure instanceof Uint8Array) throw new Error(Buffer.from(failure).toString('utf8').slice(0, 500))
    return answer
  }

  stop(): void {
    this.#unsubscribe()
    this.#agent.destroy()
  }

  #get(url: URL): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const asked = request(url, { agent: this.#agent, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
        readBody(response).then(resolve, (error) => {
          asked.destroy()
          reject(error)
        })
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  #createAgent(): Agent {
    const tls = this.#tls
    return new Agent({
      ...contextOptions(tls.current),
      rejectUnauthorized: true,
      // A session that is resumed is not looked at again.
      maxCachedSessions: 0,
      keepAlive: true,
      maxSockets,
      // It is known by who it is, at whatever address it answers.
      checkServerIdentity: (_host, { raw }) => {
        const certificate = new X509Certificate(raw)
        const reason = tls.refuseTracker ? tls.refuseTracker(certificate) : tls.refuse(certificate)
        return reason === undefined ? undefined : new Error(`the tracker is refused: ${reason}`)
      },
    })
  }
}

async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  if (response.statusCode !== 200) throw new Error(`the tracker answered HTTP ${response.statusCode}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxAnswerBytes) throw new Error(`the tracker answered more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array): Answer {
  try {
    if (!checkBencode(bytes)) throw new Error('not a dictionary')
  } catch (error) {
    throw new Error(`the tracker's answer is not bencoded: ${errorMessage(error)}`)
  }
  return bencode.decode(bytes) as Answer
}

function queryOf(parameters: Parameters): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${escapeBytes(String(value))}`)
    .join('&')
}

/** Each character is a byte: `encodeURIComponent` would write those above 127 as two. */
function escapeBytes(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
