import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { endProcess } from '../../../../cli/flock/end-process.ts'
import { ProcessRecord } from '../../../../cli/flock/process-record.ts'
import { systemClock } from '../../../../runtime/clock.ts'
import { identify, isRunning } from '../../../../runtime/process-identity.ts'

describe('processes of a flock', () => {
  let directory: string
  let child: ChildProcess | undefined
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-processes-'))
  })
  afterEach(async () => {
    child?.kill('SIGKILL')
    await rm(directory, { recursive: true })
  })

  const start = async (script: string) => {
    child = spawn(process.execPath, ['-e', `${script}; console.log('up'); setInterval(() => {}, 1000)`], {
      detached: true,
    })
    await once(child.stdout!, 'data')
    return identify(child.pid!)!
  }

  it('finds what an earlier flock recorded, and ends it', async () => {
    const identity = await start('')
    await new ProcessRecord(directory).set('tracker', identity)
    const [[name, found] = []] = new ProcessRecord(directory).read()
    assert.equal(name, 'tracker')
    assert.equal(isRunning(found!), true)
    await endProcess(found!, { deadlineMs: 5_000 }, systemClock)
    assert.equal(isRunning(found!), false)
  })

  it('does not touch another process that got the same pid', async () => {
    const identity = await start('')
    const earlier = { ...identity, startedAt: 'another boot:1' }
    assert.equal(isRunning(earlier), false)
    await endProcess(earlier, { deadlineMs: 1_000 }, systemClock)
    assert.equal(isRunning(identity), true)
  })

  it('kills what does not stop when it is told to', async () => {
    const identity = await start("process.on('SIGTERM', () => {})")
    await endProcess(identity, { deadlineMs: 100, group: true }, systemClock)
    assert.equal(isRunning(identity), false)
  })
})
