import assert from 'node:assert/strict'
import { it } from 'node:test'
import { reportChecks } from '../../../cli/commands/doctor/coordinator-checks.ts'

const report = { version: '1.0.0', atMs: 100_000, services: [{ name: 'tracker', ok: true, detail: 'it answers' }] }
const seen = { nowMs: 100_000, tookMs: 10, version: '1.0.0' }
const ill = (...args: Parameters<typeof reportChecks>) => reportChecks(...args).filter(({ ok }) => !ok)

it('finds nothing wrong with a coordinator of the same version, time and services', () => {
  assert.deepEqual(ill(report, seen), [])
})

it('tells of another version, a clock that is off, and a service that does not answer, with what to do', () => {
  const services = [{ name: 'seeder', ok: false, detail: 'the seeder refused' }]
  const found = ill({ ...report, services }, { ...seen, nowMs: 160_000, version: '1.1.0' })
  assert.deepEqual(
    found.map(({ check }) => check),
    ['version', 'clock', 'seeder'],
  )
  assert.match(found[1]!.detail, /1 min behind this machine’s/)
  assert.ok(found.every(({ advice }) => advice !== null))
})

it('takes the time an answer needs for no fault of the clock', () => {
  assert.deepEqual(ill(report, { ...seen, nowMs: 103_000, tookMs: 2_000 }), [])
  assert.equal(ill(report, { ...seen, nowMs: 103_000, tookMs: 10 }).length, 1)
})
