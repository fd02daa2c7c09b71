import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Flock, makeRepository } from '../support/flock.ts'
import { sampleApp } from '../support/sample-app.ts'

const small = mkdtempSync(join(tmpdir(), 'rookery-small-'))

/** A file system of its own for one agent; only root may mount one. */
function mountSmallDisk(): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=9m', 'tmpfs', small], { stdio: 'pipe' })
    return undefined
  } catch {
    return 'mounting a tmpfs needs root'
  }
}

const skip = mountSmallDisk()

describe('a full disk on one agent', { skip: skip ?? false }, () => {
  const agents = { 'web-1': { dataDirectory: join(small, 'data'), deployRoot: join(small, 'root') } }
  const flock = new Flock({ pools: { web: ['web-1', 'web-2', 'web-3'] }, agents })
  let commits: string[] = []

  before(async () => {
    await flock.start()
    const repository = join(flock.directory, 'repository')
    const ballast = randomBytes(9_000_000).toString('base64')
    commits = makeRepository(repository, [sampleApp({ version: 'v1', ballast, rollout: { failureBudget: 1 } })])
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
  })
  after(async () => {
    await flock.stop()
    execFileSync('umount', ['-l', small])
    rmSync(small, { recursive: true })
  })

  it('fails that host with the reason, leaves nothing half done there, and deploys the others', async () => {
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[0] }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    const host = rollout.hosts.find((entry) => entry.host === 'web-1')!
    assert.deepEqual([host.state, host.failure?.code], ['failed', 'DISK_FULL'], JSON.stringify(host))
    const releases = join(small, 'root/srv/sample/releases')
    assert.deepEqual(existsSync(releases) ? readdirSync(releases).filter((name) => !name.startsWith('.')) : [], [])
    for (const other of ['web-2', 'web-3']) assert.equal(await (await fetch(flock.appUrl(other, '/'))).text(), 'v1')
  })

  it('succeeds once there is room', async () => {
    execFileSync('mount', ['-o', 'remount,size=200m', small])
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[0] }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    assert.deepEqual(
      rollout.hosts.map((entry) => entry.state),
      ['ready', 'unchanged', 'unchanged'],
    )
    assert.equal(await (await fetch(`http://127.0.0.1:${new URL(flock.appUrl('web-1', '/')).port}/`)).text(), 'v1')
  })
})
