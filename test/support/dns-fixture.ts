import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** Record types of RFC 1035, 3596 and 2782. */
const types = { A: 1, PTR: 12, AAAA: 28, SRV: 33 } as const

export interface DnsRecord {
  readonly name: string
  readonly type: keyof typeof types
  /** An address, a name, or for SRV the target. */
  readonly data: string
}

/** A name server on loopback that knows the records it is given; of anything else it says that there is none. */
export class DnsFixture {
  records: DnsRecord[] = []
  /** Answers SERVFAIL to everything while it is true. */
  isBroken = false
  readonly #socket: Socket = createSocket('udp4')

  async start(): Promise<string> {
    this.#socket.on('message', (query, { port, address }) => this.#socket.send(this.#answer(query), port, address))
    this.#socket.bind(0, '127.0.0.1')
    await once(this.#socket, 'listening')
    return `127.0.0.1:${this.#socket.address().port}`
  }

  stop(): void {
    this.#socket.close()
  }

  #answer(query: Buffer): Buffer {
    const { name, end } = readName(query, 12)
    const type = query.readUInt16BE(end)
    const found = this.records.filter((record) => record.name === name && types[record.type] === type)
    const known = this.records.some((record) => record.name === name)
    const code = this.isBroken ? 2 : known ? 0 : 3
    const answers = this.isBroken ? [] : found.map((record) => answerOf(record))
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    header.writeUInt16BE(0x8580 | code, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(answers.length, 6)
    return Buffer.concat([header, query.subarray(12, end + 4), ...answers])
  }
}

function answerOf({ type, data }: DnsRecord): Buffer {
  const rdata = dataOf(type, data)
  const head = Buffer.alloc(12)
  // The name is that of the question, at offset 12.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(types[type], 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(1, 6)
  head.writeUInt16BE(rdata.length, 10)
  return Buffer.concat([head, rdata])
}

function dataOf(type: DnsRecord['type'], data: string): Buffer {
  if (type === 'A') return Buffer.from(data.split('.').map(Number))
  if (type === 'AAAA') return Buffer.from(fullIpv6(data), 'hex')
  return type === 'PTR' ? nameBytes(data) : Buffer.concat([Buffer.from([0, 10, 0, 10, 0x1f, 0x90]), nameBytes(data)])
}

function fullIpv6(address: string): string {
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0')))
  const middle = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0000')
  return [...groups(head), ...middle, ...groups(tail)].join('')
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  for (let length = bytes[at]!; length > 0; length = bytes[at]!) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}
