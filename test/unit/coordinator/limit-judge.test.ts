import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeLimits } from '../../../coordinator/immune/limit-judge.ts'
import type { CounterWindow } from '../../../proto/http/api.ts'

const rule = { counter: 'errors', above: 5, minimumCount: 3 }
const window = (overrides: Partial<CounterWindow>): CounterWindow => ({
  ...{ name: 'errors', host: 'web-1', startMs: 0, widthMs: 10_000, count: 1, sum: 0, sumOfSquares: 0, min: 0, max: 0 },
  ...overrides,
})

describe('limit judge', () => {
  it('names the host, the mean and the limit when a mean is above it', () => {
    const fault = judgeLimits([rule], [window({ count: 2, sum: 4 }), window({ count: 2, sum: 28 })])
    assert.equal(fault, 'counter errors on web-1 has a mean of 8 over 4 samples, above the limit of 5')
  })

  it('passes a mean at the limit, another counter, and too few samples', () => {
    assert.equal(judgeLimits([rule], [window({ count: 4, sum: 20 })]), null)
    assert.equal(judgeLimits([rule], [window({ name: 'requests', count: 4, sum: 400 })]), null)
    assert.equal(judgeLimits([rule], [window({ count: 2, sum: 400 })]), null)
    assert.equal(judgeLimits([rule], []), null)
  })

  it('judges each host by itself', () => {
    const fault = judgeLimits([rule], [window({ count: 90, sum: 0 }), window({ host: 'web-2', count: 3, sum: 30 })])
    assert.match(fault ?? '', /web-2/)
  })
})
