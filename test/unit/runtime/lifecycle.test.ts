import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Lifecycle } from '../../../runtime/lifecycle.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'

function recorded(
  calls: string[],
  name: string,
  overrides: { start?: () => Promise<void>; stop?: () => Promise<void> } = {},
) {
  const note = (what: string) => async () => void calls.push(`${what} ${name}`)
  return { name, start: overrides.start ?? note('start'), stop: overrides.stop ?? note('stop') }
}

describe('lifecycle', () => {
  it('starts in order and stops in reverse, once', async () => {
    const calls: string[] = []
    const lifecycle = new Lifecycle({ logger: silentLogger() })
    lifecycle.add(recorded(calls, 'a'))
    lifecycle.add(recorded(calls, 'b'))
    await lifecycle.start()
    await Promise.all([lifecycle.stop(), lifecycle.stop()])
    assert.deepEqual(calls, ['start a', 'start b', 'stop b', 'stop a'])
  })

  it('stops what had started when a start fails', async () => {
    const calls: string[] = []
    const lifecycle = new Lifecycle({ logger: silentLogger() })
    lifecycle.add(recorded(calls, 'a'))
    lifecycle.add(recorded(calls, 'b', { start: () => Promise.reject(new Error('no')) }))
    lifecycle.add(recorded(calls, 'c'))
    await assert.rejects(lifecycle.start(), /no/)
    assert.deepEqual(calls, ['start a', 'stop a'])
  })

  it('does not let one that hangs hold up the others', async () => {
    const calls: string[] = []
    const clock = new ManualClock()
    const lifecycle = new Lifecycle({ logger: silentLogger(), clock })
    lifecycle.add(recorded(calls, 'a'))
    lifecycle.add(recorded(calls, 'b', { stop: () => new Promise(() => {}) }))
    await lifecycle.start()
    const stopped = lifecycle.stop()
    clock.advance(60_000)
    await stopped
    assert.deepEqual(calls, ['start a', 'start b', 'stop a'])
  })
})
