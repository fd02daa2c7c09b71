import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ImmuneRule } from '../../../coordinator/app-config/immune.ts'
import { completeImmune } from '../../../coordinator/app-config/immune.ts'
import { judgeLimit } from '../../../coordinator/immune/limit-judge.ts'
import { type LimitRule, rulesOf } from '../../../coordinator/immune/rules.ts'
import type { Window } from '../../../coordinator/immune/series.ts'

const window = (overrides: Partial<Window>): Window => ({
  ...{ host: 'web-1', startMs: 0, widthMs: 10_000, count: 1, sum: 0, sumOfSquares: 0, min: 0, max: 0 },
  ...overrides,
})

function judge(windows: readonly Window[], changes: Partial<ImmuneRule> = {}) {
  const rule = { counter: 'errors', above: 5, minimumCount: 3, ...changes }
  const [limit] = rulesOf(completeImmune({ builtIn: [], rules: [rule] })) as [LimitRule]
  const spans = ['web-1', 'web-2'].map((host) => ({ host, fromMs: 0, toMs: 60_000 }))
  return judgeLimit(limit, spans, windows)
}

describe('limit judge', () => {
  it('names the host, the mean and the limit when a mean is above it', () => {
    const verdict = judge([window({ count: 2, sum: 4 }), window({ startMs: 10_000, count: 2, sum: 28 })])
    assert.equal(verdict.reason, 'counter errors on web-1 has a mean of 8 over 4 samples, above the limit of 5')
    assert.deepEqual([verdict.class, verdict.bad, verdict.critical, verdict.worstHost], ['high', true, true, 'web-1'])
  })

  it('passes a mean at the limit, and knows nothing from too few samples, other times and none', () => {
    const atLimit = judge([window({ count: 4, sum: 20 })])
    assert.equal(atLimit.class, 'pass')
    assert.match(atLimit.reason, /not above the limit of 5$/)
    for (const windows of [[window({ count: 2, sum: 400 })], [window({ count: 9, sum: 900, startMs: 55_000 })], []]) {
      const { class: is, bad } = judge(windows)
      assert.deepEqual([is, bad], ['nodata', false])
    }
    assert.equal(judge([], { noData: 'fail' }).bad, true)
  })

  it('judges each host by itself, and names the worst', () => {
    const verdict = judge([window({ count: 90, sum: 0 }), window({ host: 'web-2', count: 3, sum: 30 })])
    assert.match(verdict.reason, /web-2/)
    assert.equal(judge([window({ count: 90 })], { minimumHosts: 2 }).class, 'nodata')
  })

  it('takes sums and rates, and limits from below', () => {
    const both = [window({ count: 1, sum: 2 }), window({ startMs: 10_000, count: 1, sum: 1 })]
    assert.equal(judge(both, { aggregate: 'sum', above: 2, minimumCount: 1 }).value, 3)
    const slow = judge(both, { aggregate: 'rate', above: undefined, below: 0.2, minimumCount: 1 })
    assert.deepEqual([slow.class, slow.value], ['low', 0.15])
    assert.match(slow.reason, /a rate in 1\/s of 0.15 over 2 samples, below the limit of 0.2$/)
  })
})
