import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { packDirectory } from '../../../coordinator/build/packer.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-pack-'))
after(() => rmSync(root, { recursive: true }))

function makeTree(name: string, names: readonly string[]): string {
  const tree = join(root, name)
  mkdirSync(join(tree, 'bin'), { recursive: true })
  for (const file of names) writeFileSync(join(tree, file), `content of ${file}`)
  writeFileSync(join(tree, 'big'), Buffer.alloc(3_000_000, 7))
  writeFileSync(join(tree, 'bin/run'), '#!/bin/sh\n')
  chmodSync(join(tree, 'bin/run'), 0o700)
  symlinkSync('bin/run', join(tree, 'link'))
  return tree
}

const settings = { compression: 'none' as const, exclude: [] as string[] }
const never = new AbortController().signal

describe('packer', () => {
  it('gives the same bytes for the same tree, whatever the order, times and owners of its files', async () => {
    const first = makeTree('first', ['a', 'b', 'é', 'Z'])
    const second = makeTree('second', ['Z', 'é', 'b', 'a'])
    utimesSync(join(second, 'a'), 1, 1)
    chmodSync(join(second, 'b'), 0o600)
    for (const compression of ['none', 'zstd'] as const) {
      const results = [
        await packDirectory(first, { ...settings, compression }, join(root, `1.${compression}`), never),
        await packDirectory(second, { ...settings, compression }, join(root, `2.${compression}`), never),
      ]
      assert.deepEqual(results[0], results[1])
      assert.deepEqual(readFileSync(join(root, `1.${compression}`)), readFileSync(join(root, `2.${compression}`)))
    }
  })

  it('is read by the system’s tar, with modes and links', async () => {
    const out = join(root, 'system.tar')
    const tree = makeTree('system', ['a'])
    const result = await packDirectory(tree, settings, out, never)
    const listing = execFileSync('tar', ['tvf', out], { encoding: 'utf8' })
    assert.match(listing, /-rwxr-xr-x 0\/0 .* bin\/run/)
    assert.match(listing, /lrwxrwxrwx .* link -> bin\/run/)
    assert.equal(result.entries, 5)
    assert.equal(result.unpackedBytes, 3_000_000 + 'content of a'.length + '#!/bin/sh\n'.length)
  })

  it('leaves out what is excluded, and .git always', async () => {
    const tree = makeTree('excluded', ['keep', 'drop.log'])
    mkdirSync(join(tree, '.git'))
    writeFileSync(join(tree, '.git/config'), '')
    const out = join(root, 'excluded.tar')
    await packDirectory(tree, { ...settings, exclude: ['*.log', 'big'] }, out, never)
    const names = execFileSync('tar', ['tf', out], { encoding: 'utf8' }).trim().split('\n')
    assert.deepEqual(names, ['bin', 'bin/run', 'keep', 'link'])
  })

  it('refuses a link that leaves the tree and leaves no file behind', async () => {
    const tree = makeTree('escaping', [])
    symlinkSync('../../etc/passwd', join(tree, 'bin/evil'))
    const out = join(root, 'escaping.tar')
    await assert.rejects(packDirectory(tree, settings, out, never), {
      code: 'PACK_FAILED',
      message: /bin\/evil is a link to/,
    })
    assert.equal(existsSync(out), false)
  })

  it('refuses what is neither file, directory nor link', async () => {
    const tree = makeTree('fifo', [])
    execFileSync('mkfifo', [join(tree, 'pipe')])
    await assert.rejects(packDirectory(tree, settings, join(root, 'fifo.tar'), never), {
      code: 'PACK_FAILED',
      message: /pipe is neither/,
    })
  })

  it('refuses names that no host would unpack', async () => {
    for (const name of ['line\nbreak', 'escape\x1b', Buffer.from([0x61, 0xff])]) {
      const tree = join(root, 'names')
      mkdirSync(tree)
      writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(name)]), 'x')
      await assert.rejects(packDirectory(tree, settings, join(root, 'names.tar'), never), {
        code: 'PACK_FAILED',
        message: /is not UTF-8, or has control characters/,
      })
      rmSync(tree, { recursive: true })
    }
  })
})
