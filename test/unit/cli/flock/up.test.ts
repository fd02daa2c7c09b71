import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { ProcessRecord } from '../../../../cli/flock/process-record.ts'
import { ServiceProcess } from '../../../../cli/flock/service-process.ts'
import { systemClock } from '../../../../runtime/clock.ts'
import { lockDirectory } from '../../../../runtime/directory-lock.ts'
import { writeFileDurably } from '../../../../runtime/durable-file.ts'
import type { RookeryError } from '../../../../runtime/errors.ts'
import { identify, isRunning } from '../../../../runtime/process-identity.ts'
import { rookery } from '../../../support/command-line.ts'
import { eventually } from '../../../support/eventually.ts'
import { freePorts } from '../../../support/free-ports.ts'

describe('rookery up', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-up-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('refuses a data directory that another one uses, and ends with 3', async () => {
    const lock = lockDirectory(directory)
    const { exitCode, stderr } = await rookery(['up', '--data', directory])
    lock.release()
    assert.equal(exitCode, 3)
    assert.match(stderr, /\(DATA_DIR_LOCKED\)/)
  })

  it('starts nothing when a port is in use, names the port, and ends with 2', async () => {
    const [port = 0] = await freePorts(1)
    const server = createServer().listen(port, '127.0.0.1')
    const data = join(directory, 'flock')
    const { exitCode, stderr } = await rookery(['up', '--data', data, '--port', String(port)])
    server.close()
    assert.equal(exitCode, 2)
    assert.match(stderr, new RegExp(`port ${port} \\(tcp, for the coordinator\\) is in use.*\\(PORT_IN_USE\\)`))
    assert.deepEqual(new ProcessRecord(data).read(), [])
    assert.equal(statSync(data).mode & 0o077, 0, 'others may look into it')
  })

  it('refuses --once without the example', async () => {
    assert.equal((await rookery(['up', '--once', '--no-example', '--data', directory])).exitCode, 2)
  })

  const trackerAt = async (port: number, config: object) => {
    const configFile = join(directory, 'tracker.yml')
    await writeFileDurably(configFile, JSON.stringify(config))
    const logFile = join(directory, 'tracker.log')
    const readyUrl = `http://127.0.0.1:${port}/readyz`
    return { name: 'tracker', command: 'tracker' as const, config, configFile, logFile, readyUrl }
  }

  it('starts a service again that dies, and records the new process', async () => {
    const [port = 0, announcePort = 0] = await freePorts(2)
    const plan = await trackerAt(port, {
      listen: { host: '127.0.0.1', port },
      announce: { host: '127.0.0.1', httpPort: announcePort, udpPort: announcePort },
      dataDirectory: join(directory, 'tracker'),
    })
    let reported: (text: string) => void = () => {}
    const report = new Promise<string>((resolve) => {
      reported = resolve
    })
    const record = new ProcessRecord(directory)
    const dependencies = { clock: systemClock, record, report: reported, giveUp: assert.ifError }
    const service = new ServiceProcess(plan, dependencies)
    try {
      await service.start(new AbortController().signal)
      const first = identify(service.pid!)!
      process.kill(first.pid, 'SIGKILL')
      assert.match(await report, /tracker was ended by SIGKILL; starting it again/)
      await eventually('the tracker is ready again', async () => (await fetch(plan.readyUrl)).ok)
      assert.equal(isRunning(first), false)
      assert.deepEqual(record.read(), [['tracker', identify(service.pid!)]])
    } finally {
      await service.stop()
    }
    assert.equal(service.pid, undefined)
  })

  it('quotes why a service ended while it was started', async () => {
    const plan = await trackerAt((await freePorts(1))[0]!, { lissten: {} })
    const dependencies = {
      clock: systemClock,
      record: new ProcessRecord(directory),
      report: () => {},
      giveUp: () => {},
    }
    await assert.rejects(
      new ServiceProcess(plan, dependencies).start(new AbortController().signal),
      (error: RookeryError) =>
        error.code === 'UNAVAILABLE' && /tracker ended while it was started: .*lissten/.test(error.message),
    )
  })
})
