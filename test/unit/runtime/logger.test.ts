import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { createLogger, forRollout } from '../../../runtime/logger.ts'

function captured() {
  const lines: Record<string, unknown>[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { lines, logger: createLogger({ service: 'test', level: 'info' }, destination) }
}

describe('logger', () => {
  it('writes JSON lines with service, level and time, and the rollout id where one is given', () => {
    const { lines, logger } = captured()
    logger.info('plain')
    forRollout(logger, 'r1').warn({ host: 'web-1' }, 'of a rollout')
    assert.equal(lines[0]!.service, 'test')
    assert.equal(lines[0]!.level, 'info')
    assert.ok(!Number.isNaN(Date.parse(String(lines[0]!.time))))
    assert.deepEqual([lines[1]!.rolloutId, lines[1]!.host, lines[1]!.msg], ['r1', 'web-1', 'of a rollout'])
  })

  it('never writes a secret', () => {
    const { lines, logger } = captured()
    logger.info(
      { token: 's3cret', config: { token: 's3cret', password: 's3cret' }, headers: { authorization: 's3cret' } },
      'configured',
    )
    assert.ok(!JSON.stringify(lines).includes('s3cret'))
  })
})
