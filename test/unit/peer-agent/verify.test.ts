import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { encodeTreeList, readTreeList, treeOrder } from '../../../peer-agent/unpack/tree-list.ts'
import { unpack } from '../../../peer-agent/unpack/unpack.ts'
import { type TreeVerdict, verifyTree } from '../../../peer-agent/verify/verify-tree.ts'
import { CommandKind } from '../../../proto/session.ts'
import { AgentCase } from '../../support/agent-case.ts'
import { cancel } from '../../support/agent-fixture.ts'
import { fixtureRelease } from '../../support/release-fixture.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('verify')
after(() => scratch.remove())

/** A tree unpacked from an archive of these files and links, with its list. */
async function unpacked(files: readonly string[], links: Readonly<Record<string, string>> = {}) {
  const base = mkdtempSync(join(scratch.path, 'tree-'))
  const archive = pack()
  for (const name of files) archive.entry({ name, mode: name.endsWith('.sh') ? 0o755 : 0o644 }, `content of ${name}`)
  for (const [name, linkname] of Object.entries(links)) archive.entry({ name, type: 'symlink', linkname })
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk)
  const archivePath = join(base, 'artifact.tar')
  writeFileSync(archivePath, Buffer.concat(chunks))
  const unpackedBytes = files.reduce((sum, name) => sum + Buffer.byteLength(`content of ${name}`), 0)
  const artifact = { format: 'tar' as const, entries: files.length + Object.keys(links).length, unpackedBytes }
  const directory = join(base, 'release')
  const { signal } = new AbortController()
  const entries = await unpack({ archivePath, artifact, directory, modifiedAtMs: 0, signal })
  const list = join(base, 'tree.jsonl')
  writeFileSync(list, encodeTreeList(entries))
  const at = (...path: string[]) => join(directory, ...path)
  return { at, verify: () => verifyTree(directory, readTreeList(list), signal), entries: entries.length }
}

const told = ({ differences }: TreeVerdict) => differences.map(({ path, what }) => `${what} ${path}`).sort()

describe('the list of a tree', () => {
  it('stands in the order of a walk, whatever the names are', () => {
    const name = fc.string({
      minLength: 1,
      maxLength: 3,
      unit: fc.constantFrom('a', 'B', '.', '-', ' ', 'é', '\u0001'),
    })
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
        const walk = (below: readonly string[][], prefix: string): string[] =>
          [...new Set(below.map(([first]) => first!))].sort().flatMap((first) => {
            const here = prefix === '' ? first : `${prefix}/${first}`
            const inside = below
              .filter((names) => names[0] === first && names.length > 1)
              .map((names) => names.slice(1))
            return [...(paths.includes(here) ? [here] : []), ...walk(inside, here)]
          })
        assert.deepEqual(
          [...paths].sort(treeOrder),
          walk(
            paths.map((each) => each.split('/')),
            '',
          ),
        )
      }),
    )
  })
})

describe('a tree that is verified', () => {
  it('is intact as it was unpacked, and with what was added to it', async () => {
    const tree = await unpacked(['a', 'a.b', 'a-dir/b', 'a-dir/c/run.sh', 'z'], { 'a-dir/link': '../z' })
    const { intact, differences, differencesTotal, files } = await tree.verify()
    assert.deepEqual([intact, differences, differencesTotal, files], [true, [], 0, tree.entries])
    mkdirSync(tree.at('a-dir/cache/deep'), { recursive: true })
    writeFileSync(tree.at('a-dir/cache/deep/file'), '')
    writeFileSync(tree.at('0.pid'), '1')
    const added = await tree.verify()
    assert.equal(added.intact, true)
    assert.deepEqual(told(added), ['extra 0.pid', 'extra a-dir/cache'])
  })

  it('is not when something is missing, of another kind, or changed', async () => {
    const tree = await unpacked(['a', 'b', 'c', 'd.sh', 'dir/x', 'gone/y', 'gone/z'], { l: 'a' })
    writeFileSync(tree.at('a'), 'content of A')
    writeFileSync(tree.at('b'), 'longer than it was before')
    rmSync(tree.at('c'))
    mkdirSync(tree.at('c'))
    chmodSync(tree.at('d.sh'), 0o644)
    chmodSync(tree.at('dir'), 0o700)
    rmSync(tree.at('gone'), { recursive: true })
    rmSync(tree.at('l'))
    symlinkSync('b', tree.at('l'))
    const verdict = await tree.verify()
    assert.equal(verdict.intact, false)
    assert.deepEqual(told(verdict), [
      ...['content a', 'content b', 'kind c', 'missing gone', 'missing gone/y', 'missing gone/z'],
      ...['mode d.sh', 'mode dir', 'target l'],
    ])
  })

  it('is found missing as a whole', async () => {
    const tree = await unpacked(['a', 'dir/x'])
    rmSync(tree.at(), { recursive: true })
    assert.deepEqual(told(await tree.verify()), ['missing a', 'missing dir', 'missing dir/x'])
  })

  it('names every change of random trees and nothing else', async () => {
    const name = fc.string({
      minLength: 1,
      maxLength: 2,
      unit: fc.constantFrom('a', 'b', '.', '-', 'é', '\u2028'),
    })
    const safe = name.filter((text) => !/^\.+$/.test(text))
    const paths = fc.uniqueArray(fc.tuple(safe, safe, safe), { minLength: 1, maxLength: 12, selector: String })
    const changes = fc.array(fc.constantFrom('none', 'content', 'missing', 'mode', 'extra'), {
      minLength: 12,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(paths, changes, async (tuples, wanted) => {
        // Directories start with d, so that none has the name of a file.
        const files = tuples.map(([one, two, three]) => `d${one}/d${two}/f${three}`)
        const tree = await unpacked(files)
        const expected = files.flatMap((path, index) => {
          const what = wanted[index]!
          if (what === 'none') return []
          if (what === 'content') writeFileSync(tree.at(path), `CONTENT of ${path}`)
          if (what === 'missing') rmSync(tree.at(path))
          if (what === 'mode') chmodSync(tree.at(path), 0o600)
          if (what === 'extra') writeFileSync(tree.at(`${path}+`), '')
          return [what === 'extra' ? `extra ${path}+` : `${what} ${path}`]
        })
        const verdict = await tree.verify()
        assert.deepEqual(told(verdict), expected.sort())
        assert.equal(
          verdict.intact,
          expected.every((line) => line.startsWith('extra')),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('is told with 100 differences at most, those first that count', async () => {
    const files = Array.from({ length: 150 }, (_, index) => `z/file-${index}`)
    const tree = await unpacked(files)
    for (let index = 0; index < 120; index++) writeFileSync(tree.at(`added-${index}`), '')
    for (const file of files.slice(0, 60)) rmSync(tree.at(file))
    const { differences, differencesTotal } = await tree.verify()
    assert.deepEqual([differences.length, differencesTotal], [100, 180])
    assert.equal(differences.filter(({ what }) => what === 'missing').length, 60)
  })
})

describe('the agent, asked to verify', () => {
  let host: AgentCase
  let count = 0
  beforeEach(async () => {
    host = new AgentCase(join(scratch.path, `case-${count++}`))
    await host.start()
  })
  afterEach(() => host.stop())

  const ask = (attemptId: string, releaseId: string) => {
    const kind = CommandKind.COMMAND_KIND_VERIFY
    host.coordinator.send({ command: { attemptId, rolloutId: 'ro-1', kind, app: 'hello', releaseId } })
  }
  const answer = (attemptId: string) =>
    host.coordinator.received('verifyReport', (report) => report.attemptId === attemptId)

  it('compares what is live, also after a restart', async () => {
    const release = await host.release('live-1')
    await host.fetched(release)
    ask('early', 'live-1')
    assert.equal((await answer('early')).errorCode, 'CONFLICT')
    await host.activated(release)
    ask('first', 'live-1')
    const first = await answer('first')
    assert.deepEqual([first.intact, first.files, first.errorCode, first.app], [true, 1, '', 'hello'])
    await host.agent.stop()
    writeFileSync(host.agent.path('current/file.txt'), 'somebody was here')
    await host.agent.start()
    ask('second', 'live-1')
    const second = await answer('second')
    assert.equal(second.intact, false)
    assert.deepEqual(
      second.differences.map(({ path, what }) => [path, what]),
      [['file.txt', 'content']],
    )
    assert.equal(second.differencesTotal, 1)
  })

  it('says so when an older agent left no list', async () => {
    const release = await host.release('list-1')
    await host.fetched(release)
    await host.activated(release)
    rmSync(host.agent.data('releases/hello/list-1/tree.jsonl'))
    ask('no-list', 'list-1')
    const { intact, errorCode, errorMessage } = await answer('no-list')
    assert.deepEqual([intact, errorCode], [false, 'NOT_FOUND'])
    assert.match(errorMessage, /no list was made when list-1/)
  })

  it('removes the list with the release', async () => {
    for (const releaseId of ['one-1', 'one-2', 'one-3']) {
      const release = await host.release(releaseId, { keep: 1 })
      await host.fetched(release)
      await host.activated(release)
    }
    await host.coordinator.until('two are left', () => host.observed.heldReleaseIds.length === 2 || undefined)
    assert.equal(existsSync(host.agent.data('releases/hello/one-1')), false)
    assert.match(readFileSync(host.agent.data('releases/hello/one-2/tree.jsonl'), 'utf8'), /"path":"file.txt"/)
  })

  it('does one after the other, and each can be cancelled', async () => {
    const files = { large: Buffer.alloc(64 * 1024 * 1024, 'x') }
    const release = await fixtureRelease(join(scratch.path, 'large'), { releaseId: 'large-1', files })
    await host.fetched(release)
    await host.activated(release)
    ask('running', 'large-1')
    ask('running', 'large-1')
    ask('waiting', 'large-1')
    cancel(host.coordinator, release, 'waiting')
    assert.equal((await answer('waiting')).errorCode, 'ATTEMPT_CANCELLED')
    assert.deepEqual(
      host.coordinator.all('verifyReport').map(({ attemptId, intact }) => [attemptId, intact]),
      [
        ['running', true],
        ['waiting', false],
      ],
    )
  })
})

describe('a heartbeat', () => {
  it('tells the room on the disk of the agent’s data', async () => {
    const host = new AgentCase(join(scratch.path, 'beat'))
    await host.start()
    try {
      await host.fetched(await host.release('beat-1'))
      const { diskFreeBytes, diskTotalBytes } = host.coordinator.all('heartbeat').at(-1)!
      assert.ok(diskTotalBytes > 1024 ** 2 && diskFreeBytes > 0 && diskFreeBytes <= diskTotalBytes)
    } finally {
      await host.stop()
    }
  })
})
