import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { agentPeerIdPrefix, createMetainfo, createSwarm, parseMetainfo } from '../../../swarm/index.ts'
import { AnnounceServer } from '../../../tracker/announce-server.ts'
import type { Identity } from '../../../trust/identity.ts'
import type { TlsIdentity } from '../../../trust/tls-identity.ts'
import { FleetFixture, host } from '../../support/fleet-fixture.ts'
import { btHandshake } from '../../support/hostile-peer.ts'

interface Port {
  readonly port: number
  readonly servername?: string
  /** What a client says first; whoever is let in gets an answer that begins like this. */
  readonly question: string | Uint8Array
  readonly answer: string
}

const fleet = new FleetFixture()
const directory = mkdtempSync(join(tmpdir(), 'rookery-resumption-'))
const ends: (() => Promise<unknown>)[] = []
const dependencies = { clock: systemClock, random: systemRandom, logger: silentLogger() }
const infoHash = 'aa'.repeat(20)
before(() => fleet.start())
after(async () => {
  for (const end of ends) await end()
  await fleet.stop()
  rmSync(directory, { recursive: true })
})

/** One connection: what came back, and the newest session ticket. */
async function ask({ port, servername, question }: Port, identity: TlsIdentity, session?: Buffer) {
  const socket: TLSSocket = connect({
    ...{ host: '127.0.0.1', port, servername, session, ...identity.secureContext },
    checkServerIdentity: () => undefined,
  })
  let ticket: Buffer | undefined
  const received: Buffer[] = []
  socket.on('session', (latest: Buffer) => {
    ticket = latest
  })
  socket.on('error', () => {}).on('data', (data) => received.push(data))
  socket.write(question)
  const closed = once(socket, 'close')
  await Promise.race([once(socket, 'data').catch(() => {}), closed])
  const isResumed = socket.isSessionReused()
  socket.destroy()
  await closed
  return { ticket, isResumed, answer: Buffer.concat(received).toString('latin1') }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`
const ownRelease = '/api/v1/releases/hello-20260101-000000-00000000/artifact'

const ports: Record<string, { who: Identity; open: () => Promise<Port> }> = {
  'the fleet port': {
    who: host('on-the-fleet-port'),
    open: async () => ({ port: Number(fleet.url.port), question: get(ownRelease), answer: 'HTTP/1.1 404' }),
  },
  'the announce port': {
    who: host('on-the-announce-port'),
    open: async () => {
      const server = new AnnounceServer(
        { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 5_000, maxPeersPerAnnounce: 9, maxPeersPerSwarm: 9 },
        {
          ...{ isAdmitted: () => true, onAnnounce: () => {}, onRefused: () => {} },
          ...{ logger: silentLogger(), tls: fleet.parts.tls },
        },
      )
      await server.start()
      ends.push(() => server.stop())
      const query = `info_hash=${infoHash.replace(/../g, '%$&')}&peer_id=-RA0100-000000000001&port=1&left=1&compact=1`
      return { port: server.httpPort, question: get(`/announce?${query}`), answer: 'HTTP/1.1 200' }
    },
  },
  'the swarm port': {
    who: host('on-the-swarm-port'),
    open: async () => {
      const file = join(directory, 'artifact.tar')
      writeFileSync(file, 'x'.repeat(100_000))
      const metainfo = parseMetainfo(await createMetainfo({ path: file, announce: [] }))
      const swarm = createSwarm(
        { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix, tls: fleet.parts.tls },
        dependencies,
      )
      await swarm.start()
      ends.push(() => swarm.stop())
      await swarm.add({ metainfo, directory, isReadOnly: true }).completed
      const question = btHandshake(metainfo.infoHash)
      return { port: swarm.port, servername: metainfo.infoHash, question, answer: '\x13BitTorrent protocol' }
    },
  },
}

describe('a TLS session that is taken up again', () => {
  for (const [name, { who, open }] of Object.entries(ports)) {
    it(`lets nobody in at ${name} who is revoked by now`, async () => {
      const port = await open()
      const identity = await fleet.identity(who)
      const first = await ask(port, identity)
      assert.ok(first.answer.startsWith(port.answer), first.answer)
      const again = await ask(port, identity, first.ticket)
      assert.ok(again.answer.startsWith(port.answer), again.answer)
      assert.equal(again.isResumed, name === 'the fleet port', 'peers and trackers show their certificates each time')
      await fleet.parts.enrolments.revoke(who, 'stolen disk')
      const refused = name === 'the fleet port' ? /^HTTP\/1\.1 401|^$/ : /^$/
      for (const ticket of [first.ticket, again.ticket])
        assert.match((await ask(port, identity, ticket)).answer, refused)
    })
  }
})
