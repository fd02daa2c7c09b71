import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { type ExampleRepository, makeExampleRepository } from '../../../../cli/flock/example-repository.ts'
import type { PlannedHost } from '../../../../cli/flock/plan.ts'
import { askVersion, PoolPoller } from '../../../../cli/flock/pool-poller.ts'
import { systemClock } from '../../../../runtime/clock.ts'
import { freePorts } from '../../../support/free-ports.ts'

describe('the example app', () => {
  let directory: string
  let repository: ExampleRepository
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-example-'))
    repository = await makeExampleRepository(directory)
  })
  after(() => rm(directory, { recursive: true }))

  it('has two revisions, the same ones every time', async () => {
    const again = await makeExampleRepository(directory)
    assert.deepEqual(again, repository)
    const [first, second] = repository.revisions
    assert.notEqual(first?.commit, second?.commit)
    const version = (commit = '') =>
      JSON.parse(execFileSync('git', ['show', `${commit}:package.json`], { cwd: repository.path, encoding: 'utf8' }))
        .version
    assert.deepEqual([version(first?.commit), version(second?.commit)], ['1.0.0', '2.0.0'])
  })

  it('builds, warms up, answers its revision, and answers what is in flight when it is stopped', async () => {
    const environment = { ...process.env, ROOKERY_REVISION: 'abc', ROOKERY_RELEASE: 'hello-abc', ROOKERY_HOST: 'web-1' }
    execFileSync(join(repository.path, 'build.sh'), { cwd: repository.path, env: environment })
    assert.equal(await readFile(join(repository.path, 'build', 'VERSION'), 'utf8'), '2.0.0 abc\n')
    execFileSync(join(repository.path, 'build/hooks/pre-activate.sh'), { cwd: join(repository.path, 'build') })

    const [port] = await freePorts(1)
    const app = spawn(process.execPath, ['server.js'], {
      cwd: join(repository.path, 'build'),
      env: { ...environment, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: app.stdout })[Symbol.asyncIterator]()
    const nextEvent = async () => JSON.parse((await lines.next()).value ?? '{}').event
    const host: PlannedHost = { name: 'web-1', pool: 'web', appUrl: `http://127.0.0.1:${port}` }
    assert.equal(await nextEvent(), 'started')
    assert.equal((await fetch(`${host.appUrl}/readyz`)).status, 503)
    assert.equal(await askVersion(host), undefined)
    assert.equal(await nextEvent(), 'ready')
    assert.equal((await fetch(`${host.appUrl}/readyz`)).status, 200)
    assert.deepEqual(await askVersion(host), {
      app: 'hello',
      version: '2.0.0',
      revision: 'abc',
      release: 'hello-abc',
      host: 'web-1',
      pool: 'none',
    })
    app.kill('SIGTERM')
    const [exitCode] = await once(app, 'exit')
    assert.equal(exitCode, 0)
    assert.equal(await nextEvent(), 'draining')
  })

  it('is missed by the client of its pool when no host answers', async () => {
    const answering = createServer((socket) => {
      const body = '{"version":"1.0.0","revision":"abc"}'
      socket.on('error', () => {})
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`))
      answered()
    })
    let answered = () => {}
    const asked = (times: number) =>
      new Promise<void>((resolve) => {
        let count = 0
        answered = () => ++count === times && resolve()
      })
    answering.listen(0, '127.0.0.1')
    await once(answering, 'listening')
    const url = `http://127.0.0.1:${(answering.address() as AddressInfo).port}`
    const dead = `http://127.0.0.1:${(await freePorts(1))[0]}`
    const host = (pool: string, appUrl: string): PlannedHost => ({ name: pool, pool, appUrl })
    const threeTimes = asked(3)
    const poller = new PoolPoller([host('web', url), host('web', dead), host('jobs', dead)], systemClock)
    await threeTimes
    const [web, jobs] = await poller.stop()
    answering.close()
    assert.equal(web?.hosts, 2)
    assert.equal(web?.leastReadyHosts, 1)
    assert.equal(web?.failedRequests, (web?.requests ?? 0) / 2)
    assert.equal(jobs?.leastReadyHosts, 0)
  })
})
