import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unpack } from '../../peer-agent/unpack/unpack.ts'

/** What the manifest says of the archive. */
export interface Promised {
  readonly entries?: number
  readonly unpackedBytes?: number
  readonly format?: 'tar' | 'tar+zstd'
}

let count = 0

/** Where test cases lie; a directory that is there. */
export class ArchiveBench {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** Unpacks beside a file nobody may touch; when it is refused, nothing else is left. */
  async run(bytes: Buffer, { entries = 1, unpackedBytes = 0, format = 'tar' }: Promised = {}): Promise<string> {
    const base = join(this.root, `case-${count++}`)
    const archivePath = `${base}.tar`
    mkdirSync(base)
    writeFileSync(join(base, 'neighbour'), 'untouched')
    writeFileSync(archivePath, bytes)
    const directory = join(base, 'release')
    try {
      const artifact = { format, entries, unpackedBytes }
      await unpack({ archivePath, artifact, directory, modifiedAtMs: 0, signal: new AbortController().signal })
      return directory
    } catch (error) {
      assert.deepEqual(readdirSync(base), ['neighbour'], 'something of a refused archive stayed')
      throw error
    } finally {
      assert.equal(readFileSync(join(base, 'neighbour'), 'utf8'), 'untouched')
      rmSync(archivePath)
    }
  }

  async refused(bytes: Buffer, promised: Promised, message: RegExp, code = 'ARCHIVE_UNSAFE'): Promise<void> {
    await assert.rejects(this.run(bytes, promised), (error: { code?: string; message: string }) => {
      assert.equal(error.code, code, error.message)
      assert.match(error.message, message)
      assert.ok(error.message.length < 600, 'an error nobody can read')
      return true
    })
  }
}
