import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { blockLengthBytes, type PieceIndex } from '../../../swarm/identifiers.ts'
import { type Metainfo, type MetainfoFile, parseMetainfo, pieceLength } from '../../../swarm/metainfo/metainfo.ts'
import { BlockCutter } from '../../../swarm/web-seed/block-cutter.ts'
import { fileUrl } from '../../../swarm/web-seed/file-url.ts'
import { parseRetryAfter } from '../../../swarm/web-seed/range-request.ts'
import { WebSeed, WebSeedFailure, type WebSeeds } from '../../../swarm/web-seed/web-seed.ts'
import { MirrorFixture } from '../../support/mirror-fixture.ts'
import { scratchDirectory, torrentOf, withInfo, writeTree } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('web-seed')
const size = 150_000
const pieceBytes = 65_536
let content: Buffer
let metainfo: Metainfo
let clock: ManualClock
let mirror: MirrorFixture
let other: MirrorFixture
const never = new AbortController().signal

before(async () => {
  writeTree(scratch.path, { 'app.tar': size })
  content = readFileSync(join(scratch.path, 'app.tar'))
  metainfo = parseMetainfo(await torrentOf(join(scratch.path, 'app.tar'), [], pieceBytes))
})
after(() => scratch.remove())
beforeEach(async () => {
  clock = new ManualClock()
  mirror = new MirrorFixture()
  other = new MirrorFixture()
  await Promise.all([mirror.start(), other.start()])
  for (const one of [mirror, other]) one.files.set('/app.tar', content)
})
afterEach(() => Promise.all([mirror.stop(), other.stop()]))

const seed = (options: Partial<WebSeeds> = {}, of = metainfo) =>
  new WebSeed(
    { metainfo: of, urls: [mirror.url], ...options },
    { clock, logger: silentLogger(), random: seededRandom(1) },
  )

/** The piece, put together from its blocks; they must come in order and have their length. */
async function piece(webSeed: WebSeed, index: number, signal = never, of = metainfo): Promise<Buffer> {
  const length = pieceLength(of, index)
  const blocks: Buffer[] = []
  let next = 0
  await webSeed.fetch(
    index as PieceIndex,
    (offset, data) => {
      assert.equal(offset, next)
      assert.equal(data.length, Math.min(blockLengthBytes, length - offset))
      next += data.length
      blocks.push(Buffer.from(data))
    },
    signal,
  )
  return Buffer.concat(blocks)
}

const part = (index: number) => content.subarray(index * pieceBytes, (index + 1) * pieceBytes)

async function failure(webSeed: WebSeed, index = 0): Promise<WebSeedFailure> {
  try {
    await piece(webSeed, index)
  } catch (error) {
    assert.ok(error instanceof WebSeedFailure, String(error))
    return error
  }
  assert.fail('the piece came')
}

describe('a web seed', () => {
  it('gives each piece by one range request, block by block', async () => {
    const webSeed = seed({ urls: [`${mirror.url}app.tar`] })
    for (const index of [2, 0, 1]) assert.deepEqual(await piece(webSeed, index), part(index))
    assert.deepEqual(mirror.requests, [
      '/app.tar bytes=131072-149999',
      '/app.tar bytes=0-65535',
      '/app.tar bytes=65536-131071',
    ])
  })

  it('takes a server that knows no ranges by reading up to the piece and no further', async () => {
    mirror.always = (_, response) => response.writeHead(200, { 'content-length': size }).end(content)
    assert.deepEqual(await piece(seed(), 1), part(1))
  })

  it('sends a token to its origin only, also when it is redirected', async () => {
    const headers = { [mirror.origin]: { authorization: 'Bearer secret' } }
    mirror.next = (_, response) => response.writeHead(302, { location: `${other.url}app.tar` }).end()
    assert.deepEqual(await piece(seed({ headers }), 0), part(0))
    mirror.next = (_, response) => response.writeHead(307, { location: '/elsewhere/app.tar' }).end()
    mirror.files.set('/elsewhere/app.tar', content)
    assert.deepEqual(await piece(seed({ headers }), 1), part(1))
    assert.deepEqual(mirror.tokens, ['Bearer secret', 'Bearer secret', 'Bearer secret'])
    assert.deepEqual(other.tokens, [undefined])
  })

  it('goes to the next mirror at once, and back to the first after a while', async () => {
    const webSeed = seed({ urls: [mirror.url, other.url] })
    mirror.next = (_, response) => response.writeHead(500).end()
    assert.equal((await failure(webSeed)).retryAfterMs, 0)
    assert.deepEqual(await piece(webSeed, 0), part(0))
    assert.equal(other.requests.length, 1)
    clock.advance(2_000)
    assert.deepEqual(await piece(webSeed, 1), part(1))
    assert.equal(mirror.requests.length, 2)
  })

  it('waits longer with each fault, never beyond its limit, and forgets faults when it is well', async () => {
    const webSeed = seed()
    mirror.always = (request) => request.socket.destroy()
    const waits: number[] = []
    for (let round = 0; round < 12; round++) {
      const { retryAfterMs } = await failure(webSeed)
      assert.equal((await failure(webSeed)).retryAfterMs, retryAfterMs)
      clock.advance(retryAfterMs)
      waits.push(retryAfterMs)
    }
    assert.equal(mirror.requests.length, 12)
    for (const [round, wait] of waits.entries()) {
      const middle = Math.min(60_000, 1_000 * 2 ** round)
      assert.ok(wait >= middle / 2 && wait <= middle * 1.5 + 1, `${round}: ${wait}`)
    }
    mirror.always = undefined
    await piece(webSeed, 0)
    mirror.next = (request) => request.socket.destroy()
    assert.ok((await failure(webSeed)).retryAfterMs <= 1_501)
  })

  it('stays away as long as it is asked to, and no two hosts equally long', async () => {
    const waits = new Set<number>()
    for (let host = 0; host < 20; host++) {
      mirror.next = (_, response) => response.writeHead(503, { 'retry-after': '30' }).end('busy')
      const random = seededRandom(host)
      const webSeed = new WebSeed({ metainfo, urls: [mirror.url] }, { clock, logger: silentLogger(), random })
      const { retryAfterMs } = await failure(webSeed)
      assert.ok(retryAfterMs >= 30_000 && retryAfterMs <= 45_001, String(retryAfterMs))
      waits.add(retryAfterMs)
    }
    assert.ok(waits.size > 15)
  })

  it('puts a source aside whose piece did not verify', async () => {
    const webSeed = seed({ urls: [mirror.url, other.url] })
    await piece(webSeed, 0)
    webSeed.distrust(0 as PieceIndex)
    await piece(webSeed, 1)
    assert.deepEqual([mirror.requests.length, other.requests.length], [1, 1])
  })

  it('ends when it is aborted, without blame for the source', async () => {
    const webSeed = seed()
    const abort = new AbortController()
    mirror.next = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-65535/${size}`, 'content-length': pieceBytes })
      response.write(content.subarray(0, 20_000))
    }
    const stopped = piece(webSeed, 0, abort.signal)
    await mirror.asked(1)
    const reason = new Error('peers were faster')
    abort.abort(reason)
    await assert.rejects(stopped, reason)
    await assert.rejects(piece(webSeed, 0, abort.signal), reason)
    assert.deepEqual(await piece(webSeed, 0), part(0))
  })

  it('gives up on a server that falls silent', async () => {
    const webSeed = seed()
    const silent = failure(webSeed)
    mirror.next = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-65535/${size}` }).write(content.subarray(0, 20_000))
    }
    await mirror.asked(1)
    clock.advance(10_000)
    assert.match((await silent).message, /nothing came for 10000 ms/)
  })

  it('gives up on a server that drips', async () => {
    const webSeed = seed()
    let drip = () => {}
    mirror.next = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-65535/${size}` })
      drip = () => response.write('x')
      drip()
    }
    const dripping = failure(webSeed)
    await mirror.asked(1)
    const pace = setInterval(() => {
      drip()
      clock.advance(1_000)
    }, 5)
    assert.match((await dripping).message, /not done after|nothing came/)
    clearInterval(pace)
  })

  it('has no source left when every URL is useless', async () => {
    const webSeed = seed({ urls: ['ftp://host/', 'nonsense', 'http://user:secret@127.0.0.1/'] })
    assert.ok((await failure(webSeed)).retryAfterMs > 60_000)
  })
})

describe('hostile answers', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse) => void
  const range = (text: string) => ({ 'content-range': text })
  const good = range(`bytes 0-65535/${size}`)
  const cases: Record<string, { answer: Answer; says: RegExp; isPassing?: boolean }> = {
    'another range': {
      answer: (_, response) => response.writeHead(206, range(`bytes 1-65536/${size}`)).end(part(0)),
      says: /the range bytes 1-65536/,
    },
    'no range named': { answer: (_, response) => response.writeHead(206).end(part(0)), says: /the range of no name/ },
    'a file of another length': {
      answer: (_, response) => response.writeHead(206, range('bytes 0-65535/99999999')).end(part(0)),
      says: /the file has 99999999 bytes/,
    },
    'several parts': {
      answer: (_, response) =>
        response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' }).end(part(0)),
      says: /of no name/,
    },
    'a longer body': {
      answer: (_, response) => {
        response.writeHead(206, good)
        response.end(Buffer.alloc(pieceBytes + 1))
      },
      says: /more than the 65536 bytes/,
    },
    'a length that is not the range’s': {
      answer: (_, response) => response.writeHead(206, { ...good, 'content-length': 5 }).end('short'),
      says: /a body of 5 bytes/,
    },
    'a body that ends early': {
      answer: (_, response) => response.writeHead(206, good).end(content.subarray(0, 1_000)),
      says: /ended 64536 bytes early/,
      isPassing: true,
    },
    'a connection that breaks': {
      answer: (_, response) => {
        response.writeHead(206, { ...good, 'content-length': pieceBytes })
        response.write(content.subarray(0, 1_000), () => response.destroy())
      },
      says: /./,
      isPassing: true,
    },
    'a page instead of the file': {
      answer: (_, response) => response.writeHead(200, { 'content-length': 9 }).end('<html>hi!'),
      says: /a body of 9 bytes, 150000 were expected/,
    },
    'an endless file': {
      answer: (_, response) => {
        response.writeHead(206, good)
        const more = () => response.write(Buffer.alloc(65_536), (error) => error || setImmediate(more))
        more()
      },
      says: /more than/,
    },
    'a compressed body': {
      answer: (_, response) =>
        response.writeHead(206, { ...good, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000))),
      says: /encoding gzip/,
    },
    'redirects in a circle': {
      answer: function again(this: void, _, response) {
        mirror.next = again
        response.writeHead(302, { location: '/app.tar' }).end()
      },
      says: /redirected more than/,
    },
    'a redirect to a file': {
      answer: (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      says: /redirected to nowhere/,
    },
    'a redirect without a target': {
      answer: (_, response) => response.writeHead(301).end(),
      says: /nowhere|redirected/,
    },
    'no such file': { answer: (_, response) => response.writeHead(404).end(), says: /HTTP 404/ },
    'not for us': { answer: (_, response) => response.writeHead(401).end(), says: /HTTP 401/ },
    'an impossible range': { answer: (_, response) => response.writeHead(416).end(), says: /HTTP 416/ },
    'too busy': { answer: (_, response) => response.writeHead(503).end(), says: /HTTP 503/, isPassing: true },
    'an absurd Retry-After': {
      answer: (_, response) => response.writeHead(429, { 'retry-after': '99999999' }).end(),
      says: /HTTP 429/,
    },
    'garbage for HTTP': {
      answer: (request) => request.socket.end('HTTP/9.9 what\r\n\r\n'),
      says: /./,
      isPassing: true,
    },
  }

  for (const [name, { answer, says, isPassing }] of Object.entries(cases)) {
    it(`${name}: refused, and a good answer is taken afterwards`, async () => {
      const webSeed = seed()
      mirror.next = answer
      const { message, retryAfterMs } = await failure(webSeed)
      assert.match(message, says)
      if (isPassing) assert.ok(retryAfterMs <= 1_501, String(retryAfterMs))
      else assert.ok(retryAfterMs >= 30_000 && retryAfterMs <= 15 * 60_000, String(retryAfterMs))
      mirror.next = undefined
      clock.advance(retryAfterMs)
      assert.deepEqual(await piece(webSeed, 0), part(0))
    })
  }
})

describe('torrents of several files', () => {
  it('reads a piece across files, makes padding itself, and passes over empty files', async () => {
    const lengths = { 'tree/a': 40_000, 'tree/b #1%?': 30_000, 'tree/d/é': 10 }
    writeTree(scratch.path, { ...lengths, 'tree/c': 0 }, 2)
    const plain = await torrentOf(join(scratch.path, 'tree'), [], pieceBytes)
    const torrent = withInfo(plain, (info) => {
      const files = (info.files as { length: number; path: Uint8Array[] }[]).slice()
      files.splice(1, 0, { length: 25_536, path: [Buffer.from('.pad'), Buffer.from('25536')], attr: 'p' } as never)
      return { ...info, files }
    })
    const tree = parseMetainfo(torrent)
    const expected: Buffer[] = []
    for (const file of tree.files) {
      const path = join(scratch.path, 'tree', ...file.path)
      const bytes = file.isPadding ? Buffer.alloc(file.lengthBytes) : readFileSync(path)
      expected.push(bytes)
      const url = new URL(`/base/tree/${file.path.map(encodeURIComponent).join('/')}`, mirror.url)
      if (!file.isPadding) mirror.files.set(url.pathname, bytes)
    }
    const webSeed = seed({ urls: [`${mirror.url}base`] }, tree)
    const all = [await piece(webSeed, 0, never, tree), await piece(webSeed, 1, never, tree)]
    assert.deepEqual(Buffer.concat(all), Buffer.concat(expected))
    assert.deepEqual(mirror.requests, [
      '/base/tree/a bytes=0-39999',
      '/base/tree/b%20%231%25%3F bytes=0-29999',
      '/base/tree/d/%C3%A9 bytes=0-9',
    ])
  })
})

describe('the addresses of files (BEP 19)', () => {
  const file = (path: string[]) => ({ path }) as unknown as MetainfoFile
  const cases: [string, boolean, string[], string][] = [
    ['http://h/x/file.iso', false, ['n.iso'], 'http://h/x/file.iso'],
    ['http://h/x/', false, ['n.iso'], 'http://h/x/n.iso'],
    ['http://h', false, ['n.iso'], 'http://h/n.iso'],
    ['http://h/x/?key=1', false, ['n.iso'], 'http://h/x/n.iso?key=1'],
    ['http://h/x', true, ['d', 'f'], 'http://h/x/n.iso/d/f'],
    ['http://h/x/', true, ['a b', '%2e'], 'http://h/x/n.iso/a%20b/%252e'],
  ]
  for (const [base, isMultiFile, path, expected] of cases)
    it(`${base} ${path.join('/')}`, () =>
      assert.equal(fileUrl(base, { name: 'n.iso', isMultiFile } as Metainfo, file(path)).href, expected))
})

describe('cutting blocks', () => {
  it('gives the same blocks however the bytes come', () => {
    const chunks = fc.array(fc.record({ length: fc.nat(40_000), isZeros: fc.boolean() }), { maxLength: 8 })
    fc.assert(
      fc.property(chunks, (parts) => {
        const pieces = parts.map(({ length, isZeros }) =>
          isZeros ? new Uint8Array(length) : seededRandom(7).bytes(length),
        )
        const whole = Buffer.concat(pieces)
        if (whole.length === 0) return
        const out: Buffer[] = []
        const cutter = new BlockCutter(whole.length, (offset, data) => {
          assert.equal(offset, out.length * blockLengthBytes)
          out.push(Buffer.from(data))
        })
        for (const [index, { length, isZeros }] of parts.entries())
          if (isZeros) cutter.pushZeros(length)
          else cutter.push(pieces[index]!)
        assert.ok(Buffer.concat(out).equals(whole))
      }),
    )
  })
})

describe('Retry-After', () => {
  it('is read as seconds or as a date', () => {
    const now = Date.UTC(2026, 0, 1)
    assert.equal(parseRetryAfter('120', now), 120_000)
    assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now), 60_000)
    assert.equal(parseRetryAfter('Thu, 01 Jan 2015 00:01:00 GMT', now), 0)
    assert.equal(parseRetryAfter('soon', now), undefined)
    assert.equal(parseRetryAfter(null, now), undefined)
  })
})
