import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import bencode from 'bencode'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { nextAnnounce } from '../../../swarm/announce/announce-schedule.ts'
import { Announcer } from '../../../swarm/announce/announcer.ts'
import { createPeerId, type InfoHash } from '../../../swarm/identifiers.ts'
import { eventually } from '../../support/eventually.ts'

const state = { intervalMs: 60_000, failures: 0, peers: 10, isComplete: false }

describe('when to announce again', () => {
  it('as the tracker asks', () => {
    assert.deepEqual(nextAnnounce(state), { delayMs: 60_000, reason: 'interval' })
  })

  it('sooner while a fetch has hardly any peers, but not while seeding', () => {
    assert.deepEqual(nextAnnounce({ ...state, peers: 0 }), { delayMs: 3_000, reason: 'starving' })
    assert.equal(nextAnnounce({ ...state, peers: 0, isComplete: true }).reason, 'interval')
    assert.equal(nextAnnounce({ ...state, peers: 0, intervalMs: 1_000 }).delayMs, 1_000)
  })

  it('ever later while no tracker answers', () => {
    const delays = [1, 2, 3, 10, 1_000].map((failures) => nextAnnounce({ ...state, failures }).delayMs)
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 30_000, 30_000])
  })
})

describe('announcer', () => {
  const open: { close(): void }[] = []
  afterEach(() => {
    for (const part of open.splice(0)) part.close()
  })

  /** A tracker that answers as it is told to. */
  async function tracker(answer: (response: ServerResponse, query: URLSearchParams) => void) {
    const queries: URLSearchParams[] = []
    const server: Server = createServer((request, response) => {
      const query = new URL(request.url!, 'http://tracker').searchParams
      queries.push(query)
      answer(response, query)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    open.push({ close })
    return { queries, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce` }
  }

  function announcer(announce: string[]) {
    const random = seededRandom(1)
    const clock = new ManualClock()
    const found: string[] = []
    const subject = new Announcer(
      {
        infoHash: 'ab'.repeat(20) as InfoHash,
        peerId: createPeerId('-RA0100-', random),
        announce,
        port: 7_000,
        clientName: 'test',
      },
      {
        clock,
        random,
        logger: silentLogger(),
        state: () => ({ uploaded: 1, downloaded: 2, left: 3, peers: 5, isComplete: false }),
        onPeers: (addresses) => found.push(...addresses),
      },
    )
    return { subject, clock, found }
  }

  const peers = Buffer.from([10, 0, 0, 1, 0x1b, 0x58, 10, 0, 0, 2, 0x1b, 0x59])
  const good = (response: ServerResponse) => response.end(bencode.encode({ interval: 20, peers }))

  it('says started, comes back at the interval, says completed and stopped', async () => {
    const { queries, url } = await tracker(good)
    const { subject, clock, found } = announcer([url])
    subject.start()
    await eventually('peers', () => found.length === 2)
    assert.deepEqual(found, ['10.0.0.1:7000', '10.0.0.2:7001'])
    clock.advance(17_000)
    assert.equal(queries.length, 1)
    clock.advance(6_000)
    await eventually('a second announce', () => queries.length === 2)
    subject.completed()
    await eventually('a third announce', () => queries.length === 3)
    await subject.stop()
    assert.deepEqual(
      queries.map((query) => query.get('event')),
      ['started', null, 'completed', 'stopped'],
    )
    assert.equal(queries[0]!.get('left'), '3')
    assert.equal(queries[0]!.get('port'), '7000')
  })

  it('outlives a tracker that breaks off, talks nonsense or refuses, and tries again', async () => {
    const faults: ((response: ServerResponse) => void)[] = [
      (response) => {
        response.writeHead(200, { 'content-length': 1_000 })
        response.write('d8:interval', () => response.destroy())
      },
      (response) => response.end('nonsense'),
      (response) => response.end(bencode.encode({ 'failure reason': 'not here' })),
      (response) => response.writeHead(500).end(),
    ]
    const { queries, url } = await tracker((response) => (faults.shift() ?? good)(response))
    const { subject, clock, found } = announcer([url])
    subject.start()
    await eventually('peers after four faults', () => {
      clock.advance(1_000)
      return found.length === 2
    })
    assert.ok(queries.length >= 5)
    await subject.stop()
  })

  it('a dead tracker beside a live one does not make it hurry', async () => {
    const { queries, url } = await tracker(good)
    const { subject, clock, found } = announcer([url, 'http://127.0.0.1:9/announce'])
    subject.start()
    await eventually('peers', () => found.length === 2)
    await eventually('the other one’s failure', () => {
      clock.advance(100)
      return clock.monotonicMs() > 3_000
    })
    assert.ok(queries.length <= 2, `${queries.length} announces in three seconds`)
    await subject.stop()
  })
})
