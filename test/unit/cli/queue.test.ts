import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { rookery } from '../../support/command-line.ts'
import { CoordinatorFixture, rollout } from '../../support/coordinator-fixture.ts'

describe('queue', () => {
  const fixture = new CoordinatorFixture()
  const run = (...args: string[]) =>
    rookery(['--coordinator', fixture.url, 'queue', ...args], { environment: { ROOKERY_USER: 'ann' } })
  before(() => fixture.start())
  after(() => fixture.stop())

  it('shows who waits, why and for what', async () => {
    const waiting = { by: 'bob', why: 'fix the login page', waitsFor: 'hello is held by ann: migration' }
    fixture.rollout = rollout({ phase: 'queued', ...waiting })
    const { stdout } = await run('list', 'hello')
    assert.match(
      stdout,
      /^hello +r-1 +4f2a9c1d2e +api,web +.* bob +fix the login page +hello is held by ann: migration$/m,
    )
    assert.equal(fixture.requests.at(-1)?.line, 'GET /api/v1/rollouts?app=hello&limit=1000')
    fixture.rollout = rollout({ phase: 'distributing' })
    assert.match((await run('list')).stderr, /nobody waits/)
  })

  it('joins without waiting, with name and reason', async () => {
    const { exitCode, stdout } = await run('join', 'hello', '--rev', 'main', '--pool', 'web', '--why', 'hotfix')
    assert.equal(exitCode, 0)
    assert.match(stdout, /rollout watch r-1/)
    const body = { app: 'hello', revision: 'main', pools: ['web'], by: 'ann', why: 'hotfix' }
    assert.deepEqual(fixture.requests.at(-1)?.body, body)
  })

  it('leaves', async () => {
    fixture.rollout = rollout({ phase: 'aborted' })
    const { stdout } = await run('leave', 'r-1')
    assert.equal(stdout, 'rollout r-1 of hello has left the queue\n')
    assert.equal(fixture.requests.at(-1)?.line, 'POST /api/v1/rollouts/r-1/leave')
    assert.deepEqual(fixture.requests.at(-1)?.body, { by: 'ann' })
  })
})
