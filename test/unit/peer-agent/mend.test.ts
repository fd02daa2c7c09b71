import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { encodeTreeList, readTreeList } from '../../../peer-agent/unpack/tree-list.ts'
import { TreeMender } from '../../../peer-agent/unpack/tree-mender.ts'
import { unpack } from '../../../peer-agent/unpack/unpack.ts'
import { verifyTree } from '../../../peer-agent/verify/verify-tree.ts'
import { CommandKind, phaseName } from '../../../proto/session.ts'
import { AgentCase } from '../../support/agent-case.ts'
import { desire } from '../../support/agent-fixture.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('mend')
after(() => scratch.remove())

/** A tree with files, links and hard links, and what it takes to verify and mend it. */
async function unpacked(files: readonly string[]) {
  const base = mkdtempSync(join(scratch.path, 'tree-'))
  const archive = pack()
  for (const name of files) archive.entry({ name, mode: name.endsWith('.sh') ? 0o755 : 0o644 }, `content of ${name}`)
  archive.entry({ name: 'links/soft', type: 'symlink', linkname: `../${files[0]}` })
  archive.entry({ name: 'links/hard', type: 'link', linkname: files[0]! })
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk)
  const archivePath = join(base, 'artifact.tar')
  writeFileSync(archivePath, Buffer.concat(chunks))
  const unpackedBytes = files.reduce((sum, name) => sum + Buffer.byteLength(`content of ${name}`), 0)
  const artifact = { format: 'tar' as const, entries: files.length + 2, unpackedBytes }
  const root = join(base, 'release')
  const { signal } = new AbortController()
  const common = { archivePath, artifact, modifiedAtMs: 1_000, signal }
  const list = join(base, 'tree.jsonl')
  writeFileSync(list, encodeTreeList(await unpack({ ...common, directory: root })))
  const broken = async () => {
    const paths = new Set<string>()
    await verifyTree(root, readTreeList(list), signal, (path) => paths.add(path))
    return paths
  }
  const mend = async () => {
    const directory = join(base, '.scratch')
    const sink = new TreeMender({ root, scratch: directory, wanted: await broken(), modifiedAtMs: 1_000 })
    await unpack({ ...common, directory, sink })
    rmSync(directory, { recursive: true })
  }
  return { at: (...path: string[]) => join(root, ...path), broken, mend }
}

describe('a tree that is mended', () => {
  it('is what was unpacked again, whatever was done to it; what was added stays', async () => {
    const tree = await unpacked(['a', 'b', 'bin/run.sh', 'd/e/f', 'd/e/g', 'whole/x'])
    writeFileSync(tree.at('a'), 'other')
    rmSync(tree.at('b'))
    mkdirSync(tree.at('b/inside'), { recursive: true })
    chmodSync(tree.at('bin/run.sh'), 0o600)
    chmodSync(tree.at('bin'), 0o700)
    const outside = mkdtempSync(join(scratch.path, 'outside-'))
    rmSync(tree.at('d'), { recursive: true })
    symlinkSync(outside, tree.at('d'))
    rmSync(tree.at('whole'), { recursive: true })
    rmSync(tree.at('links'), { recursive: true })
    writeFileSync(tree.at('links'), 'a file')
    mkdirSync(tree.at('cache'))
    await tree.mend()
    assert.deepEqual([...(await tree.broken())], [])
    assert.equal(statSync(tree.at('links/hard')).ino, statSync(tree.at('a')).ino)
    assert.ok(existsSync(tree.at('cache')))
    assert.deepEqual(readdirSync(outside), [], 'nothing was placed through a link')
  })

  it('gets anew only what differs', async () => {
    const tree = await unpacked(['a', 'b', 'c'])
    const files = () => ['a', 'b', 'c'].map((name) => statSync(tree.at(name)).ino)
    const [a, b, c] = files()
    writeFileSync(tree.at('c'), 'x')
    await tree.mend()
    const [sameA, sameB, newC] = files()
    assert.deepEqual([sameA, sameB, newC === c], [a, b, false])
    rmSync(tree.at(), { recursive: true })
    await tree.mend()
    assert.deepEqual([...(await tree.broken())], [])
  })

  it('is intact after any damage', async () => {
    const files = ['a', 'b/c', 'b/d/e', 'b/d/f.sh', 'g/h']
    const paths = [...files, 'b', 'b/d', 'g', 'links', 'links/soft', 'links/hard']
    const damages: Record<string, (path: string) => void> = {
      remove: (path) => rmSync(path, { recursive: true, force: true }),
      overwrite: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() && writeFileSync(path, 'x'),
      file: (path) => {
        rmSync(path, { recursive: true, force: true })
        if (existsSync(join(path, '..'))) writeFileSync(path, 'x')
      },
      chmod: (path) => existsSync(path) && chmodSync(path, 0o711),
    }
    const damage = fc.tuple(fc.constantFrom(...Object.keys(damages)), fc.constantFrom(...paths))
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (done) => {
        const tree = await unpacked(files)
        for (const [how, path] of done) {
          try {
            damages[how]!(tree.at(path))
          } catch (error) {
            // Its parent is a file by now.
            if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error
          }
        }
        await tree.mend()
        assert.deepEqual([...(await tree.broken())], [])
      }),
      { numRuns: 40 },
    )
  })
})

describe('the agent, asked to mend a live release', () => {
  let host: AgentCase
  let count = 0
  beforeEach(async () => {
    host = new AgentCase(join(scratch.path, `case-${count++}`))
    await host.start()
  })
  afterEach(() => host.stop())

  const isIntact = async (attemptId: string, releaseId: string) => {
    const kind = CommandKind.COMMAND_KIND_VERIFY
    host.coordinator.send({ command: { attemptId, rolloutId: '', kind, app: 'hello', releaseId } })
    const report = await host.coordinator.received('verifyReport', (one) => one.attemptId === attemptId)
    return report.intact
  }

  it('does so while it stays live, and leaves nothing beside it', async () => {
    const release = await host.release('mend-1')
    await host.fetched(release)
    await host.activated(release)
    writeFileSync(host.agent.path('current/file.txt'), 'somebody was here')
    assert.equal(await isIntact('before', 'mend-1'), false)
    desire(host.coordinator, release, 'plain')
    await host.succeeded('plain')
    assert.equal(await isIntact('plain-verify', 'mend-1'), false, 'that it is to be held is no order to mend it')
    desire(host.coordinator, release, 'mend', true)
    await host.succeeded('mend')
    assert.equal(await isIntact('after', 'mend-1'), true)
    assert.equal(readFileSync(host.agent.path('current/file.txt'), 'utf8'), 'mend-1')
    assert.equal(host.live, 'mend-1')
    assert.deepEqual(readdirSync(host.agent.path('releases')), ['mend-1'])
    assert.deepEqual(
      host.coordinator.reportsOf('mend').map(({ phase }) => phaseName(phase)),
      ['fetch', 'fetch', 'unpack', 'unpack'],
    )
  })

  it('refuses when nothing tells what was unpacked', async () => {
    const release = await host.release('mend-2')
    await host.fetched(release)
    await host.activated(release)
    rmSync(host.agent.data('releases/hello/mend-2/tree.jsonl'))
    desire(host.coordinator, release, 'mend', true)
    await host.failed('mend', 'NOT_FOUND')
    assert.equal(host.live, 'mend-2')
  })
})
