import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { LogTail } from '../../../peer-agent/app/log-tail.ts'
import { LogShipper } from '../../../peer-agent/logs/log-shipper.ts'
import { characterCut, lineCut } from '../../../peer-agent/logs/text-cut.ts'
import { Spool, type SpoolBody } from '../../../peer-agent/spool/spool.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { Redactor } from '../../../runtime/redactor.ts'
import { logQuota } from '../../support/log-quota.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-logs-'))
after(() => rmSync(root, { recursive: true }))

const context = { stream: 'hook.prepare', rolloutId: 'r', app: 'a', releaseId: 'a-1' }

/** A spool that only keeps what it is given. */
class Collected {
  readonly bodies: SpoolBody[] = []
  bytes = 7
  append(body: SpoolBody): void {
    this.bodies.push(body)
  }
  get texts(): string[] {
    return this.bodies.flatMap((body) => ('logChunk' in body ? [Buffer.from(body.logChunk.data).toString()] : []))
  }
}

describe('log shipper', () => {
  it('sends what has waited 250 ms, at most 64 KiB at once, and an end', () => {
    const clock = new ManualClock()
    const spool = new Collected()
    const stream = new LogShipper({ spool, clock, redactor: Redactor.none, quota: logQuota(clock) }).open(context)
    stream.write(Buffer.from('hel'))
    clock.advance(200)
    stream.write(Buffer.from('lo\n'))
    assert.equal(spool.bodies.length, 0)
    clock.advance(50)
    assert.deepEqual(spool.texts, ['hello\n'])
    stream.write(Buffer.from(`${'x'.repeat(65_000)}\n${'y'.repeat(1_000)}`))
    assert.deepEqual(
      spool.texts.slice(1).map((text) => text.length),
      [65_001],
    )
    stream.end()
    const last: SpoolBody = spool.bodies.at(-1)!
    assert.ok('logChunk' in last)
    assert.deepEqual([last.logChunk.final, last.logChunk.data.length], [true, 1_000])
  })

  it('ships no secret, though its line came in pieces, and holds a line back until it is whole', () => {
    const clock = new ManualClock()
    const spool = new Collected()
    const heard: string[] = []
    const redactor = Redactor.of(['Bearer \\S+'], { DB_PASSWORD: 'hunter2hunter2' })
    const stream = new LogShipper({ spool, clock, redactor, quota: logQuota(clock) }).open(context, (bytes) =>
      heard.push(bytes.toString()),
    )
    for (const part of [
      'first\nauth Bea',
      'rer abc',
      'def\npassword hunter2',
      'hunter2 was ta',
      'ken\nlast hunter2hunter2',
    ]) {
      stream.write(Buffer.from(part))
      clock.advance(1_000)
    }
    assert.deepEqual(spool.texts, ['first\n', 'auth [redacted]\n', 'password [redacted] was taken\n'])
    stream.end()
    assert.equal(spool.texts.at(-1), 'last [redacted]')
    assert.equal(heard.join(''), spool.texts.join(''))
  })

  it('loses no byte, tears no character, and keeps to its size, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        (texts, step) => {
          const clock = new ManualClock()
          const spool = new Collected()
          const stream = new LogShipper({ spool, clock, redactor: Redactor.none, quota: logQuota(clock) }).open(context)
          const bytes = Buffer.from(texts.join(''))
          for (let offset = 0; offset < bytes.length; offset += step) {
            stream.write(bytes.subarray(offset, offset + step))
            clock.advance(50)
          }
          stream.end()
          assert.equal(spool.texts.join(''), bytes.toString())
        },
      ),
    )
  })

  it('cuts behind a line, else before a character that is not whole', () => {
    assert.equal(lineCut(Buffer.from('one\ntwo')), 4)
    assert.equal(lineCut(Buffer.from('grü').subarray(0, 3)), 2)
    assert.equal(characterCut(Buffer.from('日本').subarray(0, 5)), 3)
    assert.equal(characterCut(Buffer.from('日本')), 6)
    assert.equal(characterCut(Buffer.from('日').subarray(0, 2)), 0)
    assert.equal(characterCut(Buffer.from([0x80, 0x80, 0x80, 0x80])), 4)
  })
})

describe('log tail', () => {
  const clock = new ManualClock()
  const open = async (name: string) => {
    const directory = join(root, name)
    const spool = await Spool.open(
      { directory: join(directory, 'spool'), maxBytes: 64 * 1024 * 1024 },
      { random: systemRandom },
    )
    const path = join(directory, 'stdout.log')
    return {
      spool,
      path,
      tail: new LogTail({ path, markKey: 'a/stdout', maxFileBytes: 10_000 }, { spool, clock, quota: logQuota(clock) }),
    }
  }
  const textOf = (spool: Spool) =>
    spool
      .read(0, spool.lastNumber, 1 << 24)
      .map((record) => Buffer.from(record.logChunk!.data).toString())
      .join('')

  it('ships each byte once, also over a restart', async () => {
    const first = await open('once')
    first.tail.poll(context)
    writeFileSync(first.path, 'one\n')
    first.tail.poll(context)
    appendFileSync(first.path, 'two\n')
    first.tail.poll(context)
    first.tail.poll(context)
    appendFileSync(first.path, 'three\n')
    first.spool.close()
    const second = await open('once')
    second.tail.poll(context)
    assert.equal(textOf(second.spool), 'one\ntwo\nthree\n')
    second.spool.close()
  })

  it('waits for the rest of a character, unless the process has ended', async () => {
    const { spool, path, tail } = await open('character')
    writeFileSync(path, Buffer.from('ü').subarray(0, 1))
    tail.poll(context)
    assert.equal(spool.lastNumber, 0)
    appendFileSync(path, Buffer.from('ü').subarray(1))
    tail.poll(context)
    assert.equal(textOf(spool), 'ü')
    appendFileSync(path, Buffer.from('ü').subarray(0, 1))
    tail.poll(context, true)
    assert.equal(spool.lastNumber, 2)
    spool.close()
  })

  it('ships no secret, and notes how far it read of the file as it is', async () => {
    const redactor = Redactor.of([], { API_KEY: 'a-key-that-is-secret' })
    const first = await open('secrets')
    const line = 'using a-key-that-is-secret now\n'
    const many = line.repeat(5_000)
    writeFileSync(first.path, `${many}half a-key-that`)
    first.tail.poll(context, false, redactor)
    first.spool.close()
    const second = await open('secrets')
    appendFileSync(second.path, '-is-secret\nend a-key-that-is-secret')
    second.tail.poll(context, false, redactor)
    second.tail.poll(context, true, redactor)
    const expected = `${'using [redacted] now\n'.repeat(5_000)}half [redacted]\nend [redacted]`
    assert.equal(textOf(second.spool), expected)
    second.spool.close()
  })

  it('copies and empties a file that is too long, and begins again in one that somebody emptied', async () => {
    const { spool, path, tail } = await open('rotate')
    const text = 'line\n'.repeat(2_001)
    writeFileSync(path, text)
    tail.poll(context)
    assert.equal(statSync(path).size, 0)
    assert.equal(readFileSync(`${path}.1`, 'utf8'), text)
    appendFileSync(path, 'after\n')
    tail.poll(context)
    truncateSync(path)
    appendFileSync(path, 'new\n')
    tail.poll(context)
    assert.equal(textOf(spool), `${text}after\nnew\n`)
    spool.close()
    assert.ok(existsSync(path))
  })
})
