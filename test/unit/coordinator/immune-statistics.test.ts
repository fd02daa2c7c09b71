import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { normalCdf, normalQuantile } from '../../../coordinator/immune/normal.ts'
import { rankTest } from '../../../coordinator/immune/rank-test.ts'
import { isEnough, shiftOf } from '../../../coordinator/immune/shift.ts'

const near = (actual: number, expected: number, share = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= share * Math.abs(expected) + 1e-15, `${actual} is not ${expected}`)

/** Permeability constants of the human chorioamnion, Hollander and Wolfe, table 4.1; the example of R's wilcox.test. */
const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const early = [1.15, 0.88, 0.9, 0.74, 1.21]
/** numpy.round(numpy.random.default_rng(6).gamma(2, 10, 30)), and then .gamma(2, 13, 45). */
const thirty = [34, 1, 5, 33, 27, 21, 19, 8, 10, 40, 16, 7, 18, 3, 22, 38, 21, 31, 35, 14, 26, 8, 12, 22, 15].concat([
  18, 29, 14, 4, 12,
])
const fortyFive = [15, 42, 33, 7, 25, 8, 15, 10, 9, 16, 5, 48, 7, 17, 10, 35, 8, 10, 9, 17, 31, 18, 2, 14, 1].concat([
  11, 40, 50, 24, 25, 29, 44, 50, 3, 13, 27, 41, 31, 65, 46, 51, 26, 12, 19, 9,
])

describe('normal distribution', () => {
  it('agrees with scipy.stats.norm 1.17.1', () => {
    near(normalCdf(-3.5), 0.00023262907903552502)
    near(normalCdf(-1), 0.15865525393145707)
    near(normalCdf(-0.3), 0.3820885778110474)
    near(normalCdf(1.96), 0.9750021048517795)
    near(normalCdf(-8), 6.22096057427174e-16, 1e-7)
    near(normalQuantile(0.01), -2.3263478740408408)
    near(normalQuantile(0.0005), -3.2905267314918945)
    near(normalQuantile(0.975), 1.959963984540054)
  })
})

describe('Mann-Whitney U', () => {
  it('agrees with scipy.stats.mannwhitneyu(method="exact") and R on Hollander and Wolfe', () => {
    const { u, pValue, method, effect } = rankTest(term, early)
    assert.deepEqual([u, method, effect], [35, 'exact', 0.7])
    near(pValue, 0.2544122544122544)
  })

  it('counts ties as they are: 62 of the 462 ways to deal the values out are as uneven', () => {
    const { u, pValue } = rankTest([1, 2, 2, 3, 5], [2, 3, 4, 4, 6, 7])
    assert.equal(u, 6.5)
    near(pValue, 62 / 462)
  })

  it('agrees with scipy.stats.mannwhitneyu(method="asymptotic") on many values', () => {
    const { u, pValue, method } = rankTest(thirty, fortyFive)
    assert.deepEqual([u, method], [611, 'normal'])
    near(pValue, 0.4920511196974574)
  })

  it('gives the same from both sides, and nothing for values that are all the same', () => {
    const sample = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 })
    const symmetric = fc.property(sample, sample, (first, second) => {
      const [one, other] = [rankTest(first, second), rankTest(second, first)]
      near(one.pValue, other.pValue, 1e-9)
      near(one.u + other.u, first.length * second.length)
      assert.ok(one.pValue > 0 && one.pValue <= 1)
    })
    fc.assert(symmetric, { numRuns: 100 })
    for (const size of [3, 60]) assert.equal(rankTest(Array(size).fill(7), Array(size).fill(7)).pValue, 1)
  })
})

describe('Hodges-Lehmann shift', () => {
  it('agrees with R: wilcox.test(x, y, conf.int = TRUE) gives 0.305 between -0.15 and 0.76', () => {
    const { estimate, lower, upper } = shiftOf(term, early, 0.95)
    near(estimate, 0.305)
    near(lower, -0.15)
    near(upper, 0.76)
  })

  it('takes one difference more at either end than qwilcox(0.01, 30, 45) = 461 says: the approximation is on the safe side', () => {
    const { estimate, lower, upper } = shiftOf(thirty, fortyFive, 0.98)
    const differences = thirty.flatMap((value) => fortyFive.map((other) => value - other)).sort((a, b) => a - b)
    assert.deepEqual([estimate, lower, upper], [-2, differences[459], differences.at(-460)])
  })

  it('knows when there are too few values for so much confidence', () => {
    // 2 ÷ (9 over 4) is the first below 0.02.
    assert.equal(isEnough(4, 4, 0.98), false)
    assert.equal(isEnough(4, 5, 0.98), true)
    assert.equal(shiftOf([1, 2, 3, 4], [5, 6, 7, 8], 0.98).upper, Number.POSITIVE_INFINITY)
  })

  it('is what looking at every difference gives', () => {
    const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 })
    const same = fc.property(sample, sample, (first, second) => {
      const all = first.flatMap((value) => second.map((other) => value - other)).sort((a, b) => a - b)
      const middle = (all.length - 1) / 2
      const { estimate } = shiftOf(first, second, 0.98)
      const expected = (all[Math.floor(middle)]! + all[Math.ceil(middle)]!) / 2
      assert.ok(Math.abs(estimate - expected) < 1e-9, `${estimate} is not ${expected}`)
    })
    fc.assert(same, { numRuns: 100 })
  })

  it('follows the values: moved up by some, the interval moves by as much', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 5, maxLength: 30 })
    const moves = fc.property(sample, sample, fc.integer({ min: -50, max: 50 }), (first, second, by) => {
      const [was, is] = [
        shiftOf(first, second, 0.98),
        shiftOf(
          first.map((value) => value + by),
          second,
          0.98,
        ),
      ]
      assert.deepEqual([is.estimate, is.lower, is.upper], [was.estimate + by, was.lower + by, was.upper + by])
    })
    fc.assert(moves, { numRuns: 100 })
  })
})
