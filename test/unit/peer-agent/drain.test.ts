import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import type { Deploy, Hook } from '../../../proto/release-manifest.ts'
import { phaseName } from '../../../proto/session.ts'
import { AgentCase } from '../../support/agent-case.ts'
import { activate, cancel } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('drain')
let host: AgentCase
let count = 0
/** What the hooks did, a line each. */
let ledger: string

after(() => scratch.remove())
beforeEach(async () => {
  const directory = join(scratch.path, `case-${count++}`)
  ledger = join(directory, 'ledger')
  host = new AgentCase(directory)
  await host.start()
})
afterEach(() => host.stop())

const done = () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : [])
const hook = (command: string): Hook => ({ command, deadlineMs: 60_000 })
const note = (name: string, then = '') => hook(`echo ${name} of $ROOKERY_RELEASE_ID >> ${ledger}; ${then}`)
const draining = (hooks: Deploy['hooks'] = {}): Partial<Deploy> => ({
  hooks: { drain: note('drain'), undrain: note('undrain'), ...hooks },
})
/** Waits until somebody makes the file, for as long as a test may take. */
const until = (path: string) => `while [ ! -e ${path} ]; do sleep 0.02; done`

describe('drain', () => {
  it('comes before the swap, and undrain after readiness as the last phase', async () => {
    const where = `readlink ${host.agent.path('current')} >> ${ledger} || echo nothing >> ${ledger}`
    const release = await host.release('order-1', {
      hooks: {
        ...{ preActivate: note('preActivate'), drain: note('drain', where), activate: note('activate') },
        ...{ restart: note('restart'), postActivate: note('postActivate'), undrain: note('undrain', where) },
      },
      readiness: {
        ...{ intervalMs: 10, timeoutMs: 2_000, successes: 1, healthyDeadlineMs: 10_000 },
        probes: [{ command: `echo probe >> ${ledger}` }],
      },
    })
    await host.fetched(release)
    const report = await host.activated(release)
    assert.deepEqual(host.phases('order-1/activate'), [
      'preActivate',
      'drain',
      'activate',
      'restart',
      'postActivate',
      'readiness',
      'undrain',
    ])
    const of = (name: string) => `${name} of order-1`
    // The live release is probed on after that.
    assert.deepEqual(done().slice(0, 9), [
      ...[of('preActivate'), of('drain'), 'nothing', of('activate'), of('restart'), of('postActivate'), 'probe'],
      ...[of('undrain'), 'releases/order-1'],
    ])
    assert.equal(phaseName(report.phase), 'undrain')
  })

  it('is taken back when the activation ends before the swap, and the old release serves as before', async () => {
    const old = await host.release('back-1', draining())
    await host.fetched(old)
    await host.activated(old)
    const next = await host.release('back-2', draining({ drain: note('drain', 'echo no balancer; exit 4') }))
    await host.fetched(next)
    activate(host.coordinator, next, 'refused')
    const report = await host.failed('refused', 'HOOK_FAILED')
    assert.deepEqual(host.phases('refused'), ['undrain', 'drain!'])
    assert.match(report.errorMessage, /hook drain exited with code 4: no balancer/)
    assert.deepEqual([report.hasExitCode, report.exitCode], [true, 4])
    assert.deepEqual(done().slice(2), ['drain of back-2', 'undrain of back-2'])
    assert.equal(host.live, 'back-1')
    assert.equal(host.observed.ready, true)
    // It serves, so that nothing is to be done for it.
    await host.activated(old, 'again')
    assert.deepEqual(host.phases('again'), ['readiness'])
  })

  it('is taken back when the activation is cancelled in it', async () => {
    const old = await host.release('cancel-1', draining())
    await host.fetched(old)
    await host.activated(old)
    const next = await host.release('cancel-2', draining({ drain: note('drain', 'sleep 600') }))
    await host.fetched(next)
    activate(host.coordinator, next, 'hangs')
    await eventually('the drain', () => done().at(-1) === 'drain of cancel-2')
    cancel(host.coordinator, next, 'hangs')
    await host.failed('hangs', 'ATTEMPT_CANCELLED')
    assert.deepEqual(host.phases('hangs'), ['undrain', 'drain!'])
    assert.equal(done().at(-1), 'undrain of cancel-2')
    assert.equal(host.live, 'cancel-1')
  })

  it('whose undo fails is told, and the next activation brings the host back', async () => {
    const old = await host.release('stuck-1')
    await host.fetched(old)
    await host.activated(old)
    const way = join(scratch.path, 'way-is-free')
    const undrain = note('undrain', `test -e ${way}`)
    const next = await host.release('stuck-2', draining({ drain: note('drain', 'exit 4'), undrain }))
    await host.fetched(next)
    activate(host.coordinator, next, 'stuck')
    const report = await host.failed('stuck', 'HOOK_FAILED')
    assert.match(report.errorMessage, /drain exited with code 4/)
    assert.deepEqual(host.phases('stuck'), ['undrain!', 'drain!'])
    writeFileSync(way, '')
    // It is live and ready, but out of traffic: the hook of the release that drained it brings it back.
    await host.activated(old, 'again')
    assert.deepEqual(host.phases('again'), ['activate', 'undrain'])
    assert.equal(done().at(-1), 'undrain of stuck-1')
  })

  it('stays when the new release does not become ready, and ends with the rollback', async () => {
    const old = await host.release('stay-1')
    await host.fetched(old)
    await host.activated(old)
    const bad = await host.release('stay-2', draining({ postActivate: hook('exit 1') }))
    await host.fetched(bad)
    activate(host.coordinator, bad, 'bad')
    await host.failed('bad', 'HOOK_FAILED')
    assert.deepEqual(done(), ['drain of stay-2'])
    activate(host.coordinator, bad, 'bad/2')
    await host.failed('bad/2', 'HOOK_FAILED')
    assert.deepEqual(done(), ['drain of stay-2', 'drain of stay-2'])
    await host.activated(old, 'rollback')
    assert.deepEqual(host.phases('rollback'), ['activate', 'undrain'])
  })

  it('is run again by the next agent when it was cut off, and what follows once', async () => {
    const go = join(scratch.path, 'go')
    const release = await host.release('cut-1', draining({ drain: note('drain', until(go)) }))
    await host.fetched(release)
    activate(host.coordinator, release, 'cut')
    await eventually('the drain', () => done().length === 1)
    await host.agent.stop()
    writeFileSync(go, '')
    await host.agent.start()
    await host.succeeded('cut')
    assert.deepEqual(done(), ['drain of cut-1', 'drain of cut-1', 'undrain of cut-1'])
    assert.deepEqual(host.phases('cut'), ['drain', 'activate', 'undrain'])
  })

  it('is taken back by the next agent when the way back was cut off', async () => {
    const old = await host.release('killed-1', draining())
    await host.fetched(old)
    await host.activated(old)
    const go = join(scratch.path, 'go-back')
    const hooks = { drain: note('drain', 'exit 4'), undrain: note('undrain', until(go)) }
    const next = await host.release('killed-2', draining(hooks))
    await host.fetched(next)
    activate(host.coordinator, next, 'killed')
    await eventually('the way back', () => done().at(-1) === 'undrain of killed-2')
    await host.agent.stop()
    writeFileSync(go, '')
    await host.agent.start()
    const report = await host.failed('killed', 'HOOK_FAILED')
    assert.equal(phaseName(report.phase), 'drain')
    assert.match(report.errorMessage, /drain exited with code 4/)
    assert.deepEqual(done().slice(-3), ['drain of killed-2', 'undrain of killed-2', 'undrain of killed-2'])
    assert.equal(host.live, 'killed-1')
  })
})

describe('what hooks are told of the release before', () => {
  const told = { hooks: { preActivate: hook(`echo "$ROOKERY_PREVIOUS_RELEASE_ID" >> "$ROOKERY_PATH/shared/before"`) } }
  const before = () => readFileSync(host.agent.path('shared/before'), 'utf8').split('\n').slice(0, -1)

  it('stays the same in retries, and is nothing at first', async () => {
    const first = await host.release('prev-1', told)
    await host.fetched(first)
    await host.activated(first)
    const bad = await host.release('prev-2', { hooks: { ...told.hooks, postActivate: hook('exit 1') } })
    await host.fetched(bad)
    for (const attemptId of ['bad', 'bad/2']) {
      activate(host.coordinator, bad, attemptId)
      await host.failed(attemptId, 'HOOK_FAILED')
    }
    await host.activated(first, 'rollback')
    assert.deepEqual(before(), ['', 'prev-1', 'prev-1', 'prev-2'])
  })
})
