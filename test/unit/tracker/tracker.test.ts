import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import bencode from 'bencode'
import { silentLogger } from '../../../runtime/logger.ts'
import { Admissions } from '../../../tracker/admissions.ts'
import { AnnounceServer } from '../../../tracker/announce-server.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'
import { RookeryProcess, rookery } from '../../support/process.ts'

const known = 'aa'.repeat(20)
const unknown = 'bb'.repeat(20)
const directory = mkdtempSync(join(tmpdir(), 'rookery-tracker-'))
after(() => rmSync(directory, { recursive: true }))

const percent = (hex: string) => hex.replace(/../g, '%$&')
const peerId = (name: string) => encodeURIComponent(`-RA0100-${name.padEnd(12, '0')}`)

interface Answer {
  'failure reason'?: Uint8Array
  peers?: Uint8Array
  interval?: number
}

async function announce(port: number, infoHash: string, name: string, peerPort: number, more = ''): Promise<Answer> {
  const query = `info_hash=${percent(infoHash)}&peer_id=${peerId(name)}&port=${peerPort}&left=1&uploaded=0&downloaded=0&compact=1&event=started${more}`
  const response = await fetch(`http://127.0.0.1:${port}/announce?${query}`)
  return bencode.decode(new Uint8Array(await response.arrayBuffer())) as Answer
}

describe('announce server', () => {
  const counts = { announces: 0, refused: 0 }
  const server = new AnnounceServer(
    { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 5_000, maxPeersPerAnnounce: 3, maxPeersPerSwarm: 100 },
    {
      isAdmitted: (infoHash) => infoHash === known,
      onAnnounce: () => counts.announces++,
      onRefused: () => counts.refused++,
      logger: silentLogger(),
    },
  )
  before(() => server.start())
  after(() => server.stop())

  it('hands out peers of an admitted info hash, no more than configured, and the interval', async () => {
    for (let index = 0; index < 6; index++) await announce(server.httpPort, known, `p${index}`, 1000 + index)
    const answer = await announce(server.httpPort, known, 'p9', 1009, '&numwant=50')
    assert.equal(answer.peers!.length, 3 * 6)
    assert.equal(answer.interval, 5)
    assert.deepEqual(server.counts(known), { seeders: 0, leechers: 7 })
    assert.ok(counts.announces >= 7)
  })

  it('refuses every other info hash with a reason', async () => {
    const answer = await announce(server.httpPort, unknown, 'p0', 1000)
    assert.match(Buffer.from(answer['failure reason']!).toString(), /does not serve/)
    assert.equal(counts.refused, 1)
    assert.deepEqual(server.counts(unknown), { seeders: 0, leechers: 0 })
  })

  it('answers nonsense without falling over, and lists nothing to the curious', async () => {
    for (const path of ['/announce', '/announce?info_hash=x', '/announce?info_hash=%aa&port=99999999', '/scrape']) {
      const text = Buffer.from(
        await (await fetch(`http://127.0.0.1:${server.httpPort}${path}`)).arrayBuffer(),
      ).toString('latin1')
      assert.match(text, /failure reason/, path)
    }
    assert.equal((await fetch(`http://127.0.0.1:${server.httpPort}/stats`)).status, 404)
  })

  it('speaks UDP and passes over what is no request', async () => {
    const socket = createSocket('udp4')
    const ask = async (message: Buffer) => {
      socket.send(message, server.udpPort, '127.0.0.1')
      return ((await once(socket, 'message')) as [Buffer])[0]
    }
    socket.send(Buffer.from('nonsense'), server.udpPort, '127.0.0.1')
    const connect = Buffer.alloc(16)
    connect.writeBigUInt64BE(0x41727101980n)
    connect.writeUInt32BE(7, 12)
    const connected = await ask(connect)
    assert.equal(connected.readUInt32BE(4), 7)
    const request = Buffer.alloc(98)
    connected.copy(request, 0, 8, 16)
    request.writeUInt32BE(1, 8)
    request.writeUInt32BE(8, 12)
    request.write(known, 16, 'hex')
    request.write('-RA0100-udppeer00000', 36)
    request.writeUInt32BE(2, 80)
    request.writeInt32BE(-1, 92)
    request.writeUInt16BE(4242, 96)
    const answer = await ask(request)
    assert.deepEqual([answer.readUInt32BE(0), answer.readUInt32BE(4)], [1, 8])
    assert.equal((answer.length - 20) / 6, 3)
    socket.close()
  })
})

describe('admissions', () => {
  it('survive a restart', async () => {
    const first = new Admissions(directory)
    await first.load()
    await Promise.all([first.admit(known), first.admit(unknown)])
    await first.withdraw(unknown)
    const second = new Admissions(directory)
    await second.load()
    assert.deepEqual(second.all(), [known])
  })

  it('refuse a file that is not theirs', async () => {
    const other = mkdtempSync(join(directory, 'other-'))
    writeFileSync(join(other, 'admitted.json'), '["../../etc"]')
    await assert.rejects(new Admissions(other).load(), { code: 'CONFIG_INVALID' })
  })
})

describe('rookery tracker', () => {
  it('is told over its control API, keeps it over SIGKILL, and ends well on SIGTERM', async () => {
    const [control, http] = (await freePorts(2)) as [number, number]
    const data = join(directory, 'service')
    const args = [
      'tracker',
      '--set',
      `listen.port=${control}`,
      '--set',
      `announce.httpPort=${http}`,
      '--set',
      `announce.udpPort=${http}`,
      '--set',
      `dataDirectory=${data}`,
    ]
    const isReady = () => eventually('ready', async () => (await fetch(`http://127.0.0.1:${control}/readyz`)).ok)
    const first = new RookeryProcess(args)
    await isReady()
    assert.equal((await fetch(`http://127.0.0.1:${control}/v1/torrents/${known}`, { method: 'PUT' })).status, 204)
    assert.equal((await fetch(`http://127.0.0.1:${control}/v1/torrents/nonsense`, { method: 'PUT' })).status, 400)
    const second = await rookery(args)
    assert.equal(second.code, 3, second.stderr)
    await first.kill('SIGKILL')
    const third = new RookeryProcess(args)
    await isReady()
    assert.equal((await announce(http, known, 'p0', 1000))['failure reason'], undefined)
    assert.match(
      await (await fetch(`http://127.0.0.1:${control}/metrics`)).text(),
      /rookery_tracker_announces_total\{protocol="http",event="start"\} 1/,
    )
    third.child.kill('SIGTERM')
    assert.equal((await third.ended()).code, 0)
  })

  it('names a port that is in use: exit 2', async () => {
    const [port] = (await freePorts(1)) as [number]
    const { createServer } = await import('node:http')
    const taken = createServer().listen(port, '127.0.0.1')
    await once(taken, 'listening')
    const outcome = await rookery([
      'tracker',
      '--set',
      `listen.port=${port}`,
      '--set',
      'announce.httpPort=0',
      '--set',
      'announce.udpPort=0',
      '--set',
      `dataDirectory=${join(directory, 'port')}`,
    ])
    taken.close()
    assert.deepEqual([outcome.code, outcome.stderr.includes(`port ${port}`)], [2, true], outcome.stderr)
  })
})
