import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClassifierSettings, classify } from '../../../coordinator/immune/classify.ts'
import { blockSize, inBlocks, withoutOutliers } from '../../../coordinator/immune/samples.ts'
import { scoreOf } from '../../../coordinator/immune/score.ts'

const settings: ClassifierSettings = { direction: 'either', tolerance: 0.1, atLeast: 0, confidence: 0.98 }
/** Values around `level`, each a little different. */
const around = (level: number, count: number) =>
  Array.from({ length: count }, (_, index) => level * (1 + ((index * 7) % 11) / 200))
const classOf = (treated: number[], control: number[], changes: Partial<ClassifierSettings> = {}) =>
  classify(treated, control, { ...settings, ...changes })?.class

describe('classifier', () => {
  it('tells high from low and from the same', () => {
    const control = around(100, 30)
    assert.equal(classOf(around(150, 10), control), 'high')
    assert.equal(classOf(around(60, 10), control), 'low')
    assert.equal(classOf(around(100, 10), control), 'pass')
    assert.equal(classOf(control, control), 'pass')
  })

  it('looks in the direction that is asked for', () => {
    const control = around(100, 30)
    assert.equal(classOf(around(60, 10), control, { direction: 'increase' }), 'pass')
    assert.equal(classOf(around(150, 10), control, { direction: 'decrease' }), 'pass')
    assert.equal(classOf(around(60, 10), control, { direction: 'decrease' }), 'low')
  })

  it('lets pass what is tolerated: a share of the level, an amount, and what these hosts differed by before', () => {
    const [treated, control] = [around(120, 20), around(100, 40)]
    assert.equal(classOf(treated, control), 'high')
    assert.equal(classOf(treated, control, { tolerance: 0.25 }), 'pass')
    assert.equal(classOf(treated, control, { atLeast: 30 }), 'pass')
    assert.equal(classOf(treated, control, { before: { estimate: 19, lower: 15, upper: 23 } }), 'pass')
    assert.equal(classOf(around(140, 20), control, { before: { estimate: 19, lower: 15, upper: 23 } }), 'high')
  })

  it('has nothing to say of too few values, unless they are far beyond anything the control has shown', () => {
    assert.equal(classify([], around(1, 9), settings), null)
    assert.equal(classOf(around(150, 2), around(100, 6)), 'nodata')
    const flood = classify([90, 120], around(10, 6), settings)
    assert.deepEqual([flood?.class, flood?.how], ['high', 'separation'])
    assert.equal(classOf([90, 120], Array(6).fill(0)), 'nodata', 'beside nothing, how much is much?')
    assert.equal(classOf([90, 120], Array(6).fill(0), { atLeast: 5 }), 'high')
    assert.equal(classOf([90, 0], Array(6).fill(0), { atLeast: 5 }), 'nodata', 'one window may be a burst')
  })

  it('is not misled by one spike, nor by outliers that are left out', () => {
    assert.equal(classOf([...around(100, 19), 1e6], around(100, 40)), 'pass')
    assert.deepEqual(withoutOutliers([...around(100, 19), 1e6]), around(100, 19))
  })
})

describe('sparse counts', () => {
  const sparse = (every: number, count: number, host: string) => ({
    host,
    values: Array.from({ length: count }, (_, index) => (index % every === 0 ? 1 : 0)),
  })

  it('are taken together until most sums are not 0, but not until too few are left', () => {
    assert.equal(blockSize([sparse(1, 30, 'a')], [sparse(1, 30, 'b')]), 1)
    assert.equal(blockSize([sparse(10, 100, 'a')], [sparse(10, 100, 'b')]), 12)
    assert.equal(blockSize([sparse(10, 20, 'a')], [sparse(10, 200, 'b')]), 2)
    assert.equal(blockSize([{ host: 'a', values: [0, 0] }], [{ host: 'b', values: [0, 0] }]), 1)
    assert.deepEqual(inBlocks([{ host: 'a', values: [9, 1, 3, Number.NaN, 5, 7] }], 2), [{ host: 'a', values: [2, 6] }])
  })

  it('show a rise that single windows hide', () => {
    const [treated, control] = [[sparse(5, 200, 'a')], [sparse(20, 200, 'b'), sparse(20, 200, 'c')]]
    const together = (series: typeof treated) => inBlocks(series, 20).flatMap(({ values }) => values)
    const alone = (series: typeof treated) => series.flatMap(({ values }) => values)
    assert.equal(classOf(alone(treated), alone(control)), 'pass')
    assert.equal(classOf(together(treated), together(control)), 'high')
  })
})

describe('score', () => {
  const thresholds = { pass: 95, marginal: 75 }
  const result = (is: 'pass' | 'high' | 'nodata', changes = {}) => ({
    ...{ class: is, bad: is === 'high', critical: false, weight: 1 },
    ...changes,
  })

  it('is the weight of the rules that passed, without those that know nothing', () => {
    const rules = [[result('pass')], [result('pass', { weight: 3 })], [result('high')], [result('nodata')]]
    assert.deepEqual(scoreOf(rules, thresholds), { class: 'marginal', score: 80 })
    assert.deepEqual(scoreOf([[result('pass')], [result('high')]], thresholds), { class: 'fail', score: 50 })
    assert.deepEqual(scoreOf([[result('pass')]], thresholds), { class: 'pass', score: 100 })
    assert.deepEqual(scoreOf([[result('nodata')], []], thresholds), { class: 'nodata', score: null })
  })

  it('is 0 as soon as a critical rule is broken, in whatever pool', () => {
    const critical = [result('pass', { critical: true }), result('high', { critical: true })]
    assert.deepEqual(scoreOf([...Array(30).fill([result('pass')]), critical], thresholds), { class: 'fail', score: 0 })
  })

  it('counts missing data where a rule says so', () => {
    assert.deepEqual(scoreOf([[result('nodata', { bad: true })]], thresholds), { class: 'fail', score: 0 })
  })
})
