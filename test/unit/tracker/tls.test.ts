import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import bencode from 'bencode'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { Announcer } from '../../../swarm/announce/announcer.ts'
import { SecureTrackers } from '../../../swarm/announce/secure-trackers.ts'
import type { InfoHash, PeerId } from '../../../swarm/identifiers.ts'
import { contextOptions, type SwarmTls } from '../../../swarm/index.ts'
import { AnnounceServer } from '../../../tracker/announce-server.ts'
import { eventually } from '../../support/eventually.ts'
import { SwarmAuthority, TestTls, tlsOf } from '../../support/swarm-authority.ts'

const infoHash = 'aa'.repeat(20)
const percent = (hex: string) => hex.replace(/../g, '%$&')
const authority = await SwarmAuthority.create()
const other = await SwarmAuthority.create('somebody else')
const trackerTls = await tlsOf(authority, 'tracker')
const agent = await tlsOf(authority, 'web-1')
const server = new AnnounceServer(
  { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 5_000, maxPeersPerAnnounce: 9, maxPeersPerSwarm: 100 },
  {
    isAdmitted: (known) => known === infoHash,
    onAnnounce: () => {},
    onRefused: () => {},
    logger: silentLogger(),
    tls: trackerTls,
  },
)
before(() => server.start())
after(() => server.stop())

function path(port: number, more = ''): string {
  return `/announce?info_hash=${percent(infoHash)}&peer_id=-RA0100-${String(port).padStart(12, '0')}&port=${port}&left=1&compact=1&event=started${more}`
}

/** The whole answer to a GET. @throws {Error} when there is none. */
async function ask(tls: SwarmTls | undefined, target: string, headers = {}): Promise<Record<string, unknown>> {
  const context = contextOptions((tls ?? agent).current)
  if (!tls) Object.assign(context, { key: undefined, cert: undefined })
  const asked = request({
    ...context,
    ...{ host: '127.0.0.1', port: server.httpPort, path: target, headers, agent: false },
    checkServerIdentity: () => undefined,
  })
  asked.end()
  const [response] = await once(asked, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return bencode.decode(Buffer.concat(chunks)) as Record<string, unknown>
}

/** Of compact peers. */
function addresses({ peers }: Record<string, unknown>): string[] {
  const bytes = peers as Uint8Array
  return Array.from({ length: bytes.length / 6 }, (_, index) => {
    const [a, b, c, d, high, low] = bytes.subarray(6 * index, 6 * index + 6)
    return `${a}.${b}.${c}.${d}:${high! * 256 + low!}`
  }).sort()
}

describe('announces over TLS', () => {
  it('hand out peers at the address they announce from, whatever else they name', async () => {
    await ask(agent, path(1001, '&ip=10.9.8.7&ipv4=10.9.8.7'), { 'x-forwarded-for': '10.9.8.7' })
    assert.deepEqual(addresses(await ask(agent, path(1002))), ['127.0.0.1:1001', '127.0.0.1:1002'])
    assert.equal(server.udpPort, undefined)
  })

  it('are answered to nobody without a certificate that counts, and so are scrapes', async () => {
    const strangers = {
      'of another authority': new TestTls(await other.issue({ name: 'evil' }), authority),
      expired: new TestTls(await authority.issue({ name: 'old', validMs: -60_000 }), authority),
    }
    const scrape = `/scrape?info_hash=${percent(infoHash)}`
    for (const target of [path(1003), scrape]) {
      for (const [who, tls] of Object.entries(strangers)) await assert.rejects(ask(tls, target), who)
      await assert.rejects(ask(undefined, target), 'without a certificate')
      await assert.rejects(fetch(`http://127.0.0.1:${server.httpPort}${target}`), 'without TLS')
    }
    assert.ok('files' in (await ask(agent, scrape)))
    assert.ok(!addresses(await ask(agent, path(1002))).includes('127.0.0.1:1003'))
  })

  it('are not answered to a revoked peer, on a connection that it has already either', async () => {
    const mallory = await tlsOf(authority, 'mallory')
    const options: ConnectionOptions = { ...contextOptions(mallory.current), checkServerIdentity: () => undefined }
    const socket = connectTls({ ...options, host: '127.0.0.1', port: server.httpPort })
    await once(socket, 'secureConnect')
    const get = `GET ${path(1004)} HTTP/1.1\r\nhost: tracker\r\n\r\n`
    socket.write(get)
    await once(socket, 'data')
    const heard: Buffer[] = []
    socket.on('data', (data) => heard.push(data))
    socket.on('error', () => {})
    // Half a request, so that the connection is not idle.
    socket.write(get.slice(0, 40))
    await new Promise((resolve) => setImmediate(resolve))
    trackerTls.revoke('mallory')
    socket.write(get.slice(40))
    await new Promise<void>((resolve) => socket.once('close', () => resolve()))
    assert.deepEqual(heard, [])
    await assert.rejects(ask(mallory, path(1004)))
  })

  it('go on while thousands of connections begin a handshake and stand still', async () => {
    const stalled = Array.from({ length: 3_000 }, (_, index) => {
      const localAddress = `127.0.0.${2 + (index % 8)}`
      const socket = connect({ host: '127.0.0.1', port: server.httpPort, localAddress })
      socket.on('error', () => {})
      socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1]))
      return socket
    })
    for (let round = 0; round < 5; round++) assert.ok('peers' in (await ask(agent, path(1002))))
    const isOpen = (socket: Socket) => !socket.destroyed
    await eventually('most of them are turned away', () => stalled.filter(isOpen).length <= 1_100)
    for (const socket of stalled) socket.destroy()
  })
})

describe('an announcer with a certificate', () => {
  const announcers: Announcer[] = []
  const trackers: SecureTrackers[] = []
  after(async () => {
    await Promise.all(announcers.map((announcer) => announcer.stop()))
    for (const each of trackers) each.stop()
  })

  function announcer(tls: SwarmTls, port: number, urls: readonly string[]) {
    const found: string[] = []
    const reasons: unknown[] = []
    const logger = { ...silentLogger(), warn: (fields: { reason: unknown }) => reasons.push(fields.reason) }
    const secure = new SecureTrackers(tls)
    const started = new Announcer(
      {
        infoHash: infoHash as InfoHash,
        // Every byte has its own escape.
        peerId: Buffer.from(`-RA0100-\x00\xff%&=+ é\n${port % 10}`, 'latin1')
          .subarray(0, 20)
          .toString('hex')
          .padEnd(40, '0') as PeerId,
        announce: urls,
        port,
        clientName: 'test',
      },
      {
        clock: systemClock,
        random: systemRandom,
        logger: logger as never,
        state: () => ({ uploaded: 0, downloaded: 0, left: 1, peers: 0, isComplete: false }),
        onPeers: (peers) => found.push(...peers),
        trackers: secure,
      },
    )
    announcers.push(started)
    trackers.push(secure)
    started.start()
    return { found, reasons, announcer: started }
  }

  const url = () => `https://localhost:${server.httpPort}/announce`

  it('finds others, and tells when it leaves', async () => {
    const first = announcer(agent, 2001, [url(), 'udp://127.0.0.1:9/announce'])
    const second = announcer(await tlsOf(authority, 'web-2'), 2002, [url()])
    await eventually('they know each other', () => second.found.includes('127.0.0.1:2001'))
    await first.announcer.stop()
    assert.ok(!addresses(await ask(agent, path(1002))).includes('127.0.0.1:2001'))
    assert.deepEqual(first.reasons, [])
  })

  it('asks no tracker that is not let in, and says why', async () => {
    const wary = await tlsOf(authority, 'web-3')
    wary.revoked.add('tracker')
    const { reasons } = announcer(wary, 2003, [url()])
    await eventually('a reason', () => reasons.length > 0)
    assert.match(String(reasons[0]), /the tracker is refused: its certificate is revoked/)
    const stranger = announcer(new TestTls(await authority.issue({ name: 'web-4' }), other), 2004, [url()])
    await eventually('a reason', () => stranger.reasons.length > 0)
    assert.ok(!addresses(await ask(agent, path(1002))).some((address) => /:200[34]$/.test(address)))
  })
})
