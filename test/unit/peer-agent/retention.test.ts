import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import { parseAppState, rollbackReleaseId } from '../../../peer-agent/releases/app-state.ts'
import type { Deploy } from '../../../proto/release-manifest.ts'
import { AgentCase } from '../../support/agent-case.ts'
import { activate, desire } from '../../support/agent-fixture.ts'
import type { FixtureRelease } from '../../support/release-fixture.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('retention')
let host: AgentCase
let count = 0

after(() => scratch.remove())
beforeEach(async () => {
  host = new AgentCase(join(scratch.path, `case-${count++}`))
  await host.start()
})
afterEach(() => host.stop())

const failing: Partial<Deploy> = { hooks: { postActivate: { command: 'exit 1', deadlineMs: 5_000 } } }

async function good(releaseId: string, keep: number): Promise<FixtureRelease> {
  const release = await host.release(releaseId, { keep })
  await host.fetched(release)
  await host.activated(release)
  return release
}

async function bad(releaseId: string, keep: number): Promise<FixtureRelease> {
  const release = await host.release(releaseId, { keep, ...failing })
  await host.fetched(release)
  activate(host.coordinator, release, `${releaseId}/activate`)
  await host.failed(`${releaseId}/activate`, 'HOOK_FAILED')
  return release
}

/** Waits until just these are held, and looks at the disk. */
async function holds(...ids: string[]): Promise<void> {
  await host.coordinator.until(
    `held: ${ids}`,
    () => [...host.observed.heldReleaseIds].sort().join() === ids.join() || undefined,
  )
  const trees = readdirSync(host.agent.path('releases')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(trees.sort(), ids)
}

describe('what stays on a host', () => {
  it('is with keep 1 what is live and what a rollback goes to, whatever failed in between', async () => {
    const first = await good('a', 1)
    for (const releaseId of ['b', 'c', 'd']) {
      await bad(releaseId, 1)
      await holds('a', releaseId)
    }
    await host.agent.stop()
    await host.agent.start()
    await bad('e', 1)
    await holds('a', 'e')
    await host.activated(first, 'rollback')
    assert.equal(host.live, 'a')
  })

  it('is with keep 1 the live one and the good one before, and no older one', async () => {
    await good('a', 1)
    await good('b', 1)
    await holds('a', 'b')
    await good('c', 1)
    await holds('b', 'c')
  })

  it('was noted otherwise by older agents', () => {
    const state = { liveReleaseId: 'b', previousReleaseId: 'a', ready: true, proven: true, rolloutId: 'r' }
    assert.equal(rollbackReleaseId(parseAppState(JSON.stringify(state))), 'a')
    const unproven = { ...state, ready: false, proven: false }
    assert.deepEqual(parseAppState(JSON.stringify(unproven)).provenReleaseIds, ['a'])
    const first = { ...state, previousReleaseId: null }
    assert.equal(rollbackReleaseId(parseAppState(JSON.stringify(first))), null)
  })
})

describe('attempts', () => {
  it('that ended are answered with their result over a restart, and are not run again', async () => {
    const ledger = join(scratch.path, 'ledger')
    const hooks = { preActivate: { command: `echo once >> ${ledger}; exit 3`, deadlineMs: 5_000 } }
    const release = await host.release('rep-1', { hooks })
    const fetched = await host.fetched(release, 'ro/web-1/fetch')
    activate(host.coordinator, release, 'ro/web-1/activate')
    const failed = await host.failed('ro/web-1/activate', 'HOOK_FAILED')
    await host.agent.stop()
    await host.agent.start()
    for (const report of [fetched, failed]) {
      const { attemptId } = report
      const before = host.coordinator.reportsOf(attemptId).length
      if (report === fetched) desire(host.coordinator, release, attemptId)
      else activate(host.coordinator, release, attemptId)
      await host.coordinator.until(
        'an answer',
        () => host.coordinator.reportsOf(attemptId).length > before || undefined,
      )
      assert.deepEqual(host.coordinator.reportsOf(attemptId).slice(before), [report])
    }
    // Of the same release and rollout under another id, it is a new try.
    desire(host.coordinator, release, 'ro/web-1/fetch/2')
    await host.succeeded('ro/web-1/fetch/2')
    activate(host.coordinator, release, 'ro/web-1/activate/2')
    await host.failed('ro/web-1/activate/2', 'HOOK_FAILED')
    assert.deepEqual(host.phases('ro/web-1/activate/2'), ['preActivate!'])
    assert.equal(readFileSync(ledger, 'utf8'), 'once\nonce\n')
  })
})

describe('exit codes', () => {
  it('are reported of hooks that pass, fail and are killed', async () => {
    const release = await host.release('exit-1', {
      hooks: {
        prepare: { command: 'exit 0', deadlineMs: 5_000 },
        preActivate: { command: 'exit 42', deadlineMs: 5_000 },
      },
    })
    await host.fetched(release)
    activate(host.coordinator, release, 'exit')
    await host.failed('exit', 'HOOK_FAILED')
    const ends = host.coordinator.reportsOf('exit').map(({ hasExitCode, exitCode }) => [hasExitCode, exitCode])
    assert.deepEqual(ends, [
      [false, 0],
      [true, 0],
      [false, 0],
      [true, 42],
    ])
    const hanging = await host.release('exit-2', { hooks: { prepare: { command: 'sleep 600', deadlineMs: 100 } } })
    await host.fetched(hanging)
    activate(host.coordinator, hanging, 'hangs')
    assert.equal((await host.failed('hangs', 'HOOK_TIMEOUT')).hasExitCode, false)
  })
})
