import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { FileChecks } from '../../../coordinator/reconciliation/file-checks.ts'
import type { KnownHost } from '../../../coordinator/session/host-registry.ts'
import { type Command, CommandKind, type VerifyReport } from '../../../proto/session.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'

const host = (name: string, connected = true): KnownHost => ({
  ...{ name, pools: ['web'], labels: {}, agentVersion: '1', drained: false, hasLeft: false, connected, lastSeenMs: 0 },
  observed: [
    { app: 'hello', liveReleaseId: 'hello-1', ready: true, heldReleaseIds: [] },
    { app: 'idle', liveReleaseId: null, ready: false, heldReleaseIds: [] },
  ],
})

describe('a check of files', () => {
  let clock: ManualClock
  let asked: (Command & { readonly host: string })[] = []
  let checks: FileChecks
  beforeEach(() => {
    clock = new ManualClock()
    asked = []
    const send = (name: string, { command }: { command?: unknown }) => {
      asked.push({ ...(command as Command), host: name })
      return name !== 'gone'
    }
    checks = new FileChecks({ parallel: 2, deadlineMs: 60_000 }, { send, clock, random: seededRandom(1) })
  })

  const answer = (index: number, changes: Partial<VerifyReport> = {}) => {
    const { attemptId, app, releaseId, host: name } = asked[index]!
    const verdict = { intact: true, differences: [], differencesTotal: 0, files: 7, durationMs: 1, atMs: 0 }
    const error = { errorCode: '', errorMessage: '' }
    checks.answered(name, { attemptId, rolloutId: '', app, releaseId, ...verdict, ...error, ...changes })
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('asks a few hosts at a time for each live release, and takes one answer of each', async () => {
    const done = checks.check(['a', 'b', 'c', 'd'].map((name) => host(name)))
    await settled()
    assert.deepEqual(
      asked.map((one) => one.host),
      ['a', 'b'],
    )
    answer(1)
    await settled()
    assert.deepEqual(
      asked.map((one) => one.host),
      ['a', 'b', 'c'],
    )
    answer(1, { intact: false })
    answer(0)
    answer(2)
    await settled()
    answer(3)
    assert.deepEqual(
      (await done).map(({ host: name, app, result }) => [name, app, result].join(' ')),
      [...['a hello intact', 'b hello intact', 'c hello intact', 'd hello intact']],
    )
    assert.ok(asked.every(({ kind, releaseId }) => kind === CommandKind.COMMAND_KIND_VERIFY && releaseId === 'hello-1'))
  })

  it('tells what was changed, and keeps it until the next answer', async () => {
    const done = checks.check([host('a')])
    await settled()
    const differences = [
      ...['one', 'two', 'three', 'four'].map((path) => ({ path, what: 'content' })),
      { path: 'cache', what: 'extra' },
    ]
    answer(0, { intact: false, differences, differencesTotal: 5 })
    const [check] = await done
    assert.deepEqual([check!.result, check!.changed, check!.paths.length], ['changed', 4, 4])
    assert.match(check!.detail, /one \(content\), two \(content\), three \(content\), and 1 more$/)
    const again = checks.check([host('a')])
    await settled()
    answer(1, { errorCode: 'CONFLICT', errorMessage: 'hello-1 of hello is not live' })
    assert.deepEqual(
      (await again).map(({ result, detail }) => [result, detail]),
      [['failed', 'hello-1 of hello is not live']],
    )
    assert.deepEqual(
      checks.last.map(({ result }) => result),
      ['changed'],
    )
  })

  it('does not wait for hosts that are away, that go, or that never answer', async () => {
    const done = checks.check([host('a'), host('away', false), host('gone'), host('silent')])
    await settled()
    checks.went('a')
    await settled()
    clock.advance(60_000)
    assert.deepEqual(
      (await done).map(({ host: name, result }) => `${name} ${result}`),
      [...['a away', 'away away', 'gone away', 'silent failed']],
    )
    const { kind, cancelsAttemptId } = asked.at(-1)!
    assert.deepEqual([kind, cancelsAttemptId], [CommandKind.COMMAND_KIND_CANCEL, asked.at(-2)!.attemptId])
    assert.deepEqual(checks.last, [])
  })
})
