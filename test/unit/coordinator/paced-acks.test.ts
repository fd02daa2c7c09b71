import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PacedAcks } from '../../../coordinator/logs/paced-acks.ts'
import type { SpoolBatch } from '../../../proto/session.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'

const mebibyte = 1024 * 1024

function batch(bytes: number): SpoolBatch {
  return { spoolId: 's', records: [{ number: 1, logChunk: { data: new Uint8Array(bytes) } }] } as unknown as SpoolBatch
}

describe('acknowledgements of logs', () => {
  it('come at once for what a spool holds after an outage, then as fast as the host may send', () => {
    const clock = new ManualClock()
    const acks = new PacedAcks({ bytesPerSecond: mebibyte }, { clock })
    let acknowledged = 0
    const send = (host: string) => acks.stored(host, batch(mebibyte), () => acknowledged++)
    for (let count = 0; count < 128; count++) send('web-1')
    assert.equal(acknowledged, 128)
    send('web-1')
    assert.equal(acknowledged, 128)
    send('web-2')
    assert.equal(acknowledged, 129)
    clock.advance(1_000)
    assert.equal(acknowledged, 130)
  })

  it('are not waited for with impunity, by one host alone', () => {
    const clock = new ManualClock()
    const acks = new PacedAcks({ bytesPerSecond: mebibyte }, { clock })
    for (let count = 0; count < 128 + 17; count++) acks.stored('web-1', batch(mebibyte), () => {})
    assert.throws(() => acks.check('web-1'), { code: 'RATE_LIMITED' })
    acks.check('web-2')
    clock.advance(2_000)
    acks.check('web-1')
  })
})
