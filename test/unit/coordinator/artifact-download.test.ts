import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { sendArtifact } from '../../../coordinator/api/artifact-download.ts'
import { parseRange } from '../../../coordinator/api/byte-range.ts'
import { WebSeedCap } from '../../../coordinator/distribution/web-seed-cap.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { createHttpServer, type HttpServer } from '../../../runtime/http-server.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { seededRandom, systemRandom } from '../../../runtime/random.ts'
import type { PieceIndex } from '../../../swarm/identifiers.ts'
import { WebSeed, WebSeedFailure } from '../../../swarm/web-seed/web-seed.ts'
import { eventually } from '../../support/eventually.ts'
import { metainfoOf, scratchDirectory, writeTree } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('artifact-download')
const path = join(scratch.path, 'artifact')
const size = 20_000_000
const etag = '"abc"'
let content: Buffer

before(() => {
  writeTree(scratch.path, { artifact: size })
  content = readFileSync(path)
})
after(() => scratch.remove())

describe('downloads of an artifact', () => {
  let server: HttpServer
  let url: string

  beforeEach(async () => {
    const webSeedCap = new WebSeedCap(
      { maxConcurrent: 2, maxMbitPerSecond: 10_000 },
      { clock: systemClock, random: systemRandom },
    )
    server = createHttpServer(
      { listen: { host: '127.0.0.1', port: 0 } },
      { logger: silentLogger(), metrics: new Registry(), notReady: () => undefined },
    )
    server.get('/artifact', (request, reply) =>
      sendArtifact(request, reply, { path, etag }, { webSeedCap, clock: systemClock }),
    )
    server.get('/artifact-for-hosts', (request, reply) =>
      sendArtifact(request, reply, { path, etag, capped: 'all' }, { webSeedCap, clock: systemClock }),
    )
    await server.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/artifact`
  })
  afterEach(() => server.close())

  const ask = (headers: Record<string, string>, method = 'GET') => fetch(url, { method, headers })
  const body = async (response: Response) => Buffer.from(await response.arrayBuffer())

  it('sends the whole file, with its tag', async () => {
    const response = await ask({})
    assert.deepEqual([response.status, response.headers.get('etag')], [200, etag])
    assert.ok((await body(response)).equals(content))
  })

  it('sends the range asked for', async () => {
    for (const [range, first, last] of [
      ['bytes=0-0', 0, 0],
      ['bytes=1000-300000', 1000, 300_000],
      [`bytes=${size - 5}-`, size - 5, size - 1],
      ['bytes=-7', size - 7, size - 1],
      [`bytes=5-${size * 2}`, 5, size - 1],
    ] as const) {
      const response = await ask({ range })
      assert.equal(response.status, 206)
      assert.equal(response.headers.get('content-range'), `bytes ${first}-${last}/${size}`)
      assert.ok((await body(response)).equals(content.subarray(first, last + 1)), range)
    }
  })

  it('refuses a range behind the end, and passes over what is none', async () => {
    const beyond = await ask({ range: `bytes=${size}-` })
    assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${size}`])
    for (const range of ['bytes=5-3', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=a-b', 'bytes=-']) {
      const response = await ask({ range })
      assert.equal(response.status, 200, range)
      await response.body?.cancel()
    }
  })

  it('answers conditions and HEAD without a body', async () => {
    assert.equal((await ask({ 'if-none-match': `"x", ${etag}` })).status, 304)
    const other = await ask({ range: 'bytes=0-4', 'if-range': '"older"' })
    assert.equal(other.status, 200)
    await other.body?.cancel()
    assert.equal((await ask({ range: 'bytes=0-4', 'if-range': etag })).status, 206)
    const head = await ask({}, 'HEAD')
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(size)])
  })

  it('lets so many hosts fetch ranges at once, tells the others when to return, and never holds the seeder back', async () => {
    const slow = await Promise.all([unread({ range: `bytes=0-${size - 1}` }), unread({ range: `bytes=5-${size - 1}` })])
    const refused = await ask({ range: 'bytes=0-9' })
    assert.equal(refused.status, 503)
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    assert.equal(((await refused.json()) as { code: string }).code, 'UNAVAILABLE')
    for (const headers of [{}, { range: `bytes=${size - 10}-` }] as Record<string, string>[]) {
      const seeder = await ask(headers)
      assert.ok(seeder.ok)
      await body(seeder)
    }
    const headers: Record<string, string>[] = [{}, { range: `bytes=${size - 10}-` }, { range: 'bytes=0-9' }]
    for (const each of headers) {
      const host = await fetch(`${url}-for-hosts`, { headers: each })
      assert.equal(host.status, 503, 'a host got past the cap')
      await host.body?.cancel()
    }
    // One reads on to the end, the other goes away: both make room.
    slow[0]!.resume()
    slow[1]!.destroy()
    await eventually('a place is free', async () => {
      const response = await ask({ range: 'bytes=0-9' })
      return response.status === 206 && (await body(response)).equals(content.subarray(0, 10))
    })
  })

  it('is the web seed of an agent, which goes away when it is told to', async () => {
    const dependencies = { clock: systemClock, logger: silentLogger(), random: systemRandom }
    const webSeed = new WebSeed({ metainfo: await metainfoOf(path), urls: [url] }, dependencies)
    const blocks: Buffer[] = []
    const fetchPiece = (piece: number) =>
      webSeed.fetch(piece as PieceIndex, (_, data) => blocks.push(Buffer.from(data)), new AbortController().signal)
    await fetchPiece(3)
    assert.ok(Buffer.concat(blocks).equals(content.subarray(3 * 32_768, 4 * 32_768)))
    const slow = await Promise.all([unread({ range: `bytes=0-${size - 1}` }), unread({ range: `bytes=5-${size - 1}` })])
    await assert.rejects(fetchPiece(4), (error) => error instanceof WebSeedFailure && error.retryAfterMs >= 1_000)
    for (const response of slow) response.destroy()
  })

  /** A response whose body nobody reads: its place stays taken. */
  function unread(headers: Record<string, string>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(url, { headers, agent: false }, (response) => resolve(response.pause())).on('error', reject)
    })
  }
})

describe('the cap on web seeding', () => {
  const cap = (options: { maxConcurrent: number; maxMbitPerSecond: number }) => {
    const clock = new ManualClock()
    return { clock, cap: new WebSeedCap(options, { clock, random: seededRandom(3) }) }
  }
  const entered = (place: ReturnType<WebSeedCap['enter']>) => ('leave' in place ? place : assert.fail('was refused'))
  const refused = (place: ReturnType<WebSeedCap['enter']>) =>
    'leave' in place ? assert.fail('was let in') : place.retryAfterMs

  it('gives a place back once', () => {
    const { cap: one } = cap({ maxConcurrent: 1, maxMbitPerSecond: 8 })
    const place = entered(one.enter())
    refused(one.enter())
    place.leave()
    place.leave()
    entered(one.enter())
    refused(one.enter())
  })

  it('spreads a storm over the time it takes to serve it, and no longer than a minute', () => {
    const { clock, cap: busy } = cap({ maxConcurrent: 2, maxMbitPerSecond: 1_000 })
    for (let round = 0; round < 20; round++) {
      const place = entered(busy.enter())
      clock.advance(400)
      place.leave()
    }
    entered(busy.enter())
    entered(busy.enter())
    const turns = Array.from({ length: 2_000 }, () => refused(busy.enter()))
    // 2 places of about 400 ms each: the hundredth can be served after 20 s.
    assert.ok(turns[99]! > 14_000 && turns[99]! < 27_000, String(turns[99]))
    assert.ok(Math.max(...turns) <= 75_000)
    clock.advance(120_000)
    assert.ok(refused(busy.enter()) < 1_000)
  })

  it('keeps all of them together to the rate', async () => {
    const { clock, cap: slow } = cap({ maxConcurrent: 10, maxMbitPerSecond: 8 })
    const [a, b] = [entered(slow.enter()), entered(slow.enter())]
    let sent = 0
    const send = async (place: typeof a) => {
      for (let chunk = 0; chunk < 20; chunk++) {
        await place.pace(100_000)
        sent += 100_000
      }
    }
    const both = Promise.all([send(a), send(b)])
    for (let ms = 0; ms < 4_000; ms += 10) {
      assert.ok(sent <= (ms + 200) * 1_000, `${sent} bytes after ${ms} ms`)
      clock.advance(10)
      await new Promise(setImmediate)
    }
    await both
    assert.equal(sent, 4_000_000)
  })

  it('lets nobody in while the rate is far behind', () => {
    const { clock, cap: behind } = cap({ maxConcurrent: 10, maxMbitPerSecond: 1 })
    void entered(behind.enter()).pace(1_000_000)
    refused(behind.enter())
    clock.advance(7_000)
    entered(behind.enter())
  })

  it('is closed when it has no places', () => {
    assert.equal(refused(cap({ maxConcurrent: 0, maxMbitPerSecond: 8 }).cap.enter()), 60_000)
  })
})

describe('ranges', () => {
  it('of an empty file cannot be satisfied', () => {
    assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable')
    assert.equal(parseRange('bytes=-5', 0), 'unsatisfiable')
    assert.equal(parseRange(undefined, 0), undefined)
  })
})
