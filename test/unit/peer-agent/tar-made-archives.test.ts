import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { ArchiveBench } from '../../support/archive-bench.ts'

const bench = new ArchiveBench(mkdtempSync(join(tmpdir(), 'rookery-tar-made-')))
after(() => rmSync(bench.root, { recursive: true, force: true }))
const { root } = bench
const isRoot = process.getuid?.() === 0

describe('archives that tar made', () => {
  const tar = (name: string, args: readonly string[]): Buffer => {
    const path = join(root, `${name}.made.tar`)
    execFileSync('tar', ['-cf', path, ...args], { cwd: join(root, 'made'), stdio: 'pipe' })
    return readFileSync(path)
  }
  mkdirSync(join(root, 'made/d'), { recursive: true })
  writeFileSync(join(root, 'made/d/file'), 'x')
  symlinkSync('/etc/passwd', join(root, 'made/link'))

  it('with absolute and climbing names are refused', async () => {
    await bench.refused(tar('absolute', ['-P', join(root, 'made/d/file')]), { unpackedBytes: 1 }, /absolute/)
    await bench.refused(tar('climbing', ['-P', '../made/d/file']), { unpackedBytes: 1 }, /\.\./)
    await bench.refused(tar('link', ['link']), {}, /absolute path \/etc\/passwd/)
  })

  it('with fifos and devices are refused', { skip: !isRoot && 'needs root for mknod' }, async () => {
    execFileSync('mknod', [join(root, 'made/null'), 'c', '1', '3'])
    execFileSync('mknod', [join(root, 'made/pipe'), 'p'])
    await bench.refused(tar('device', ['null']), {}, /"null" is of a forbidden kind: character-device/)
    await bench.refused(tar('pipe', ['pipe']), {}, /"pipe" is of a forbidden kind: fifo/)
  })

  it('with sparse files are refused in each of its formats', async () => {
    execFileSync('truncate', ['-s', '10M', join(root, 'made/sparse')])
    for (const format of ['gnu', 'posix']) {
      const bytes = tar(`sparse-${format}`, ['--sparse', `--format=${format}`, 'sparse'])
      await assert.rejects(bench.run(bytes, { unpackedBytes: 10 * 1024 * 1024 }), { code: 'ARCHIVE_UNSAFE' })
    }
  })

  it('that are plain are taken, in each of its formats', async () => {
    for (const format of ['gnu', 'posix', 'ustar']) {
      const directory = await bench.run(tar(`plain-${format}`, [`--format=${format}`, 'd']), {
        entries: 2,
        unpackedBytes: 1,
      })
      assert.equal(readFileSync(join(directory, 'd/file'), 'utf8'), 'x')
    }
  })
})
