import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import bencode from 'bencode'
import type { Metainfo } from '../../swarm/index.ts'

const handshakeBytes = 68
const extendedMessage = 20

/** What a peer says of itself to a stranger who speaks extensions (BEP 10) and has a DHT node (BEP 5). */
export async function greet(address: string, { infoHash }: Metainfo) {
  const [host, port] = address.split(':')
  const socket = connect(Number(port), host)
  const reserved = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x05])
  const peerId = Buffer.from('-XX0000-abcdefghijkl')
  socket.write(Buffer.concat([Buffer.from('\x13BitTorrent protocol'), reserved, Buffer.from(infoHash, 'hex'), peerId]))
  socket.write(frame(Buffer.concat([Buffer.from([extendedMessage, 0]), Buffer.from('d1:md6:ut_pexi1eee')])))
  let bytes = Buffer.alloc(0)
  try {
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk as Buffer])
      const extensions = extensionsIn(bytes.subarray(handshakeBytes))
      if (extensions) return { saysDht: (bytes[27]! & 1) !== 0, extensions }
    }
  } finally {
    socket.destroy()
  }
  throw new Error('the peer closed the connection before it had said what it speaks')
}

/** Names in the extension handshake, once it is among the messages. */
function extensionsIn(messages: Buffer): string[] | undefined {
  for (let at = 0; at + 4 <= messages.length; ) {
    const end = at + 4 + messages.readUInt32BE(at)
    if (end > messages.length) return undefined
    if (messages[at + 4] === extendedMessage && messages[at + 5] === 0) {
      const { m } = bencode.decode(messages.subarray(at + 6, end)) as { m?: Record<string, number> }
      return Object.keys(m ?? {})
    }
    at = end
  }
  return undefined
}

function frame(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  return Buffer.concat([length, message])
}

/** A node that the DHT can be entered by, and that remembers what it was asked. */
export async function dhtNode() {
  const socket = createSocket('udp4')
  const asked: Buffer[] = []
  socket.on('message', (message) => asked.push(message))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    heardOf: (infoHash: string) => asked.some((message) => message.includes(Buffer.from(infoHash, 'hex'))),
    close: () => socket.close(),
  }
}

/** A tracker that remembers what each port announced: `started`, `completed`, `stopped`, or nothing in particular. */
export async function recordingTracker() {
  const announces: { readonly port: number; readonly event: string }[] = []
  const server = createServer((request, response) => {
    const query = new URL(request.url!, 'http://tracker').searchParams
    announces.push({ port: Number(query.get('port')), event: query.get('event') ?? '' })
    const ports = new Set(announces.map(({ port }) => port))
    const peers = [...ports].map((port) => Buffer.from([127, 0, 0, 1, port >> 8, port & 0xff]))
    response.end(bencode.encode({ interval: 1, peers: Buffer.concat(peers) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`,
    eventsOf: ({ port }: { readonly port: number }) =>
      announces.flatMap((announce) => (announce.port === port && announce.event !== '' ? [announce.event] : [])),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
