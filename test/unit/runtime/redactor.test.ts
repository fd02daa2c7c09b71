import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Redactor } from '../../../runtime/redactor.ts'

const environment = { API_TOKEN: 'grüße-aus-der-Höhe', DB_PASSWORD: 'hunter2hunter2', KEY: '1', PLAIN: 'visible-value' }

/** What comes out when the text comes in pieces of these lengths. */
function streamed(redactor: Redactor, bytes: Buffer, lengths: readonly number[]): Buffer {
  const out: Buffer[] = []
  const stream = redactor.stream((piece) => out.push(piece))
  let from = 0
  for (const length of lengths) {
    stream.write(bytes.subarray(from, from + length))
    from += length
  }
  stream.write(bytes.subarray(from))
  stream.flush()
  return Buffer.concat(out)
}

describe('redaction', () => {
  const redactor = Redactor.of(['Bearer [A-Za-z0-9.]+', '^secret: .*$'], environment)

  it('takes out what patterns match and the values of variables with telling names, and leaves the rest', () => {
    assert.equal(
      redactor.text('ok\nauth Bearer abc.def0123456 end\r\nsecret: all of it\r\nnot secret: this\n'),
      'ok\nauth [redacted] end\r\n[redacted]\r\nnot secret: this\n',
    )
    assert.equal(redactor.text('pw hunter2hunter2, 1 visible-value'), 'pw [redacted], 1 visible-value')
    assert.equal(redactor.text('x grüße-aus-der-Höhe y'), 'x [redacted] y')
  })

  it('shows nothing of a secret, however the output is cut', () => {
    const text = Buffer.from('a hunter2hunter2 b\nBearer abcdef012345\n grüße-aus-der-Höhe\nlast hunter2hunter2')
    const whole = redactor.bytes(text).toString()
    assert.ok(!/hunter2|abcdef|grüße/.test(whole))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 20 }), (lengths) => {
        assert.equal(streamed(redactor, text, lengths).toString(), whole)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves bytes that are no text as they are', () => {
    const noise = Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x28, 0x80])
    assert.deepEqual(redactor.bytes(noise), noise)
    const mixed = Buffer.concat([noise, Buffer.from(' hunter2hunter2 grüße-aus-der-Höhe '), noise])
    const expected = Buffer.concat([noise, Buffer.from(' [redacted] [redacted] '), noise])
    assert.deepEqual(redactor.bytes(mixed), expected)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(40), { maxLength: 8 }), (bytes, lengths) => {
        assert.deepEqual(streamed(redactor, Buffer.from(bytes), lengths), Buffer.from(bytes))
      }),
    )
  })

  it('finds a secret at every place of a line that is longer than it holds', () => {
    const secret = 'hunter2hunter2'
    for (const at of [0, 63_000, 64_500, 65_520, 65_530, 65_536, 66_000, 130_000]) {
      const line = Buffer.concat([Buffer.alloc(at, 'x'), Buffer.from(secret), Buffer.alloc(140_000 - at, 'y')])
      const out = streamed(
        redactor,
        line,
        Array.from({ length: 100 }, () => 1_400),
      ).toString()
      assert.ok(!out.includes('hunter2'), `at ${at}`)
      assert.equal(out.length, line.length - secret.length + '[redacted]'.length)
    }
  })

  it('never makes a text longer', () => {
    const short = Redactor.of(['[0-9]'], {})
    assert.equal(short.text('a1b22c'), 'a*b**c')
  })

  it('takes every line of a secret that has several', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n'
    const out = Redactor.of([], { SIGNING_KEY: pem }).text(`before\n${pem}after\n`)
    assert.equal(out, 'before\n[redacted]\n[redacted]\n[redacted]\nafter\n')
  })

  it('adds the secrets of one app to those of the host', () => {
    const more = redactor.with({ OWN_SECRET: 'another-one' })
    assert.equal(more.text('another-one hunter2hunter2'), '[redacted] [redacted]')
    assert.equal(redactor.text('another-one'), 'another-one')
  })

  it('refuses patterns that are none, or that match nothing', () => {
    assert.throws(() => Redactor.of(['('], {}), { code: 'CONFIG_INVALID', message: /redact/ })
    assert.throws(() => Redactor.of(['x*'], {}), { code: 'CONFIG_INVALID', message: /empty/ })
  })
})
