import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorLines } from '../../../peer-agent/app/log-errors.ts'

const errors = (text: string, isErrorOutput = false) => errorLines(Buffer.from(text), isErrorOutput)

describe('lines that tell of an error', () => {
  it('are those that say so, as text or JSON', () => {
    assert.equal(errors('ERROR no database\n[fatal] gone\n2026-01-31 10:00:00 INFO no ERROR here\n'), 2)
    assert.equal(errors('{"level":50,"msg":"x"}\n{"level":"error"}\n{"level":30,"msg":"ERROR"}\n'), 2)
    assert.equal(errors('served an error page\n\n'), 0)
  })

  it('on the error output are all that do not say that they are less', () => {
    assert.equal(errors('Traceback (most recent call last):\n  File "x"\n\n', true), 2)
    assert.equal(errors('INFO started\nlevel=debug msg=x\n{"level":"warn"}\nWARNING: slow\n', true), 0)
  })

  it('may be bytes of any kind, and of any length', () => {
    assert.equal(errorLines(Buffer.from([0xff, 0xfe, 0x0a, 0x0a, 0x80]), true), 2)
    assert.equal(errors(`ERROR ${'x'.repeat(1_000_000)}`), 1)
  })
})
