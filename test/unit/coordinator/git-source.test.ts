import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { GitSource } from '../../../coordinator/build/git-source.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-git-'))
const repository = join(root, 'repository')
const git = (...args: string[]) => {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org']
  return execFileSync('git', ['-C', repository, ...identity, ...args], { encoding: 'utf8' }).trim()
}

function commit(content: string): string {
  writeFileSync(join(repository, 'file'), content)
  git('add', '.')
  git('commit', '-qm', content)
  return git('rev-parse', 'HEAD')
}

before(() => {
  mkdirSync(repository)
  git('init', '-q', '-b', 'main')
})
after(() => rmSync(root, { recursive: true }))

describe('git source', () => {
  it('resolves branches, tags and short ids to the full commit, also after new commits', async () => {
    const source = new GitSource(repository, join(root, 'mirror.git'))
    const first = commit('one')
    git('tag', 'v1')
    assert.equal(await source.resolve('main'), first)
    const second = commit('two')
    assert.equal(await source.resolve('HEAD'), second)
    assert.equal(await source.resolve('v1'), first)
    assert.equal(await source.resolve(first.slice(0, 8)), first)
  })

  it('checks out exactly that commit, clean', async () => {
    const source = new GitSource(repository, join(root, 'mirror.git'))
    const first = await source.resolve('v1')
    await source.checkOut(first, join(root, 'tree'))
    assert.equal(readFileSync(join(root, 'tree/file'), 'utf8'), 'one')
    assert.equal(await source.readFile(first, 'file'), 'one')
    assert.equal(await source.readFile(first, 'none'), undefined)
  })

  it('takes turns when it is asked for much at once, also for the first clone and after a killed git', async () => {
    const source = new GitSource(repository, join(root, 'busy.git'))
    const wanted = git('rev-parse', 'main')
    assert.deepEqual(
      new Set(await Promise.all(Array.from({ length: 4 }, () => source.resolve('main')))),
      new Set([wanted]),
    )
    const next = commit('three')
    writeFileSync(join(root, 'busy.git/packed-refs.lock'), '')
    mkdirSync(join(root, 'busy.git/refs/heads'), { recursive: true })
    writeFileSync(join(root, 'busy.git/refs/heads/main.lock'), '')
    assert.deepEqual(
      new Set(await Promise.all(Array.from({ length: 4 }, () => source.resolve('main')))),
      new Set([next]),
    )
  })

  it('names a missing revision, and one that looks like an option', async () => {
    const source = new GitSource(repository, join(root, 'mirror.git'))
    await assert.rejects(source.resolve('nowhere'), { code: 'REVISION_UNKNOWN', message: /"nowhere"/ })
    await assert.rejects(source.resolve('--output=/tmp/x'), { code: 'REVISION_UNKNOWN' })
  })

  it('names a repository that cannot be read, without its password', async () => {
    const source = new GitSource('https://user:s3cret@127.0.0.1:1/x.git', join(root, 'other.git'))
    await assert.rejects(source.resolve('main'), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'SOURCE_UNAVAILABLE')
      assert.ok(!error.message.includes('s3cret'), error.message)
      return true
    })
    assert.equal(existsSync(join(root, 'other.git')), false)
  })
})
