import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { LogTail } from '../../../peer-agent/app/log-tail.ts'
import type { LogsConfig } from '../../../peer-agent/logs/config.ts'
import { LogShipper } from '../../../peer-agent/logs/log-shipper.ts'
import { type ChunkDraft, Spool, type SpoolBody } from '../../../peer-agent/spool/spool.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { Redactor } from '../../../runtime/redactor.ts'
import { logQuota } from '../../support/log-quota.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-quota-'))
after(() => rmSync(root, { recursive: true }))

const about = { rolloutId: 'r', app: 'a', releaseId: 'a-1' }
const small = { maxBytesPerSecond: 10_000, burstBytes: 20_000, hostMaxBytesPerSecond: 20_000 }
const line = `${'x'.repeat(99)}\n`

class Collected {
  readonly chunks: ChunkDraft[] = []
  append(body: SpoolBody): void {
    if ('logChunk' in body) this.chunks.push(body.logChunk)
  }
  of(stream: string): ChunkDraft[] {
    return this.chunks.filter((chunk) => chunk.stream === stream)
  }
}

const shipped = (chunks: readonly ChunkDraft[]) => chunks.reduce((sum, { data }) => sum + data.length, 0)
const leftOut = (chunks: readonly ChunkDraft[]) => chunks.reduce((sum, chunk) => sum + (chunk.leftOutBytes ?? 0), 0)

function shipper(config: Partial<LogsConfig> = small) {
  const clock = new ManualClock()
  const spool = new Collected()
  const logs = new LogShipper({ spool, clock, redactor: Redactor.none, quota: logQuota(clock, config) })
  return { clock, spool, logs }
}

describe('the quota of logs', () => {
  it('lets a burst through, then so much a second, and says how much it left out and why', () => {
    const { clock, spool, logs } = shipper()
    const stream = logs.open({ ...about, stream: 'hook.prepare' })
    for (let tick = 0; tick < 100; tick++) {
      stream.write(Buffer.from(line.repeat(100)))
      clock.advance(250)
    }
    stream.end()
    const chunks = spool.of('hook.prepare')
    const written = 100 * 100 * line.length
    assert.equal(shipped(chunks) + leftOut(chunks), written)
    const fair = small.burstBytes + 25 * small.maxBytesPerSecond
    assert.ok(Math.abs(shipped(chunks) - fair) < 20_000, `${shipped(chunks)} of ${fair}`)
    const told = chunks.filter((chunk) => chunk.leftOutBytes)
    assert.ok(told.length > 10 && told.every((chunk) => chunk.leftOutLimit === small.maxBytesPerSecond))
    assert.equal(chunks.at(-1)?.final, true)
  })

  it('says it while the flood goes on, though nothing of it passes', () => {
    const { clock, spool, logs } = shipper({ ...small, maxBytesPerSecond: 1_024, burstBytes: 65_536 })
    const stream = logs.open({ ...about, stream: 'agent' })
    stream.write(Buffer.alloc(200_000, line))
    stream.write(Buffer.from(line))
    clock.advance(2_000)
    assert.equal(leftOut(spool.chunks) > 60_000, true)
    assert.equal(shipped(spool.chunks) + leftOut(spool.chunks), 200_100)
    assert.deepEqual(spool.chunks.at(-1)?.data.length, 0)
  })

  it('lets a quiet stream speak beside ten that flood', () => {
    const { clock, spool, logs } = shipper()
    const floods = Array.from({ length: 10 }, (_, index) => logs.open({ ...about, stream: `flood.${index}` }))
    const quiet = logs.open({ ...about, stream: 'quiet' })
    for (let tick = 0; tick < 200; tick++) {
      for (const flood of floods) flood.write(Buffer.from(line.repeat(200)))
      quiet.write(Buffer.from(line))
      clock.advance(250)
    }
    quiet.end()
    assert.equal(shipped(spool.of('quiet')), 200 * line.length)
    assert.equal(leftOut(spool.of('quiet')), 0)
    const others = spool.chunks.filter(({ stream }) => stream !== 'quiet')
    assert.ok(others.some((chunk) => chunk.leftOutLimit === small.hostMaxBytesPerSecond))
    // Each has its floor of 8 KiB a second; without the host's limit it would be ten times the stream's.
    assert.ok(shipped(others) < 10 * (64 * 1024 + 50 * 8 * 1024 + 20_000), `${shipped(others)}`)
  })

  it('counts every byte of a file once, shipped or left out, over restarts and rotations', async () => {
    let run = 0
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ lines: fc.integer({ min: 1, max: 3_000 }) }) },
      { weight: 2, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 3_000 }) }) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const directory = join(root, `tail-${run++}`)
        const clock = new ManualClock()
        const open = async () => {
          const options = { directory: join(directory, 'spool'), maxBytes: 512 * 1024 * 1024 }
          const spool = await Spool.open(options, { random: systemRandom })
          const path = join(directory, 'stdout.log')
          const quota = logQuota(clock, { ...small, burstBytes: 65_536 })
          const tail = new LogTail({ path, markKey: 'a/stdout', maxFileBytes: 300_000 }, { spool, clock, quota })
          return { spool, path, tail }
        }
        let { spool, path, tail } = await open()
        let written = 0
        for (const one of steps) {
          if (one === 'restart') {
            spool.close()
            ;({ spool, path, tail } = await open())
          } else if ('lines' in one) {
            appendFileSync(path, line.repeat(one.lines))
            written += one.lines * line.length
            tail.poll({ ...about, stream: 'app.stdout' })
          } else {
            clock.advance(one.waitMs)
            tail.poll({ ...about, stream: 'app.stdout' })
          }
        }
        tail.poll({ ...about, stream: 'app.stdout' }, true)
        const chunks = spool.read(0, spool.lastNumber, 1 << 29).map((record) => record.logChunk!)
        assert.equal(shipped(chunks) + leftOut(chunks), written)
        for (const { data } of chunks) assert.equal(data.length % line.length, 0, 'lines stay whole')
        spool.close()
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 25 },
    )
  })

  it('tells of a full spool which stream lost how much', async () => {
    const options = { directory: join(root, 'full'), maxBytes: 1024 * 1024 }
    const spool = await Spool.open(options, { random: systemRandom })
    const append = (stream: string, bytes: number) =>
      spool.append({ logChunk: { ...about, stream, atMs: 1, data: Buffer.alloc(bytes), final: false } })
    append('app.stderr', 777)
    for (let count = 0; count < 300; count++) append('app.stdout', 8_000)
    const [first] = spool.read(0, spool.lastNumber, 1 << 20)
    const { streams, otherBytes, lastNumber } = first!.gap!
    assert.deepEqual(
      streams.map(({ stream, bytes, firstSequence }) => [stream, bytes, firstSequence]),
      [
        ['app.stderr', 777, 0],
        ['app.stdout', (lastNumber - 1) * 8_000, 0],
      ],
    )
    assert.equal(otherBytes, 0)
    spool.close()
  })
})
