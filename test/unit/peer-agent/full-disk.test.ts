import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { AttemptLog } from '../../../peer-agent/attempts/attempt-log.ts'
import { requireRoom } from '../../../peer-agent/fetch/disk-room.ts'
import { Spool } from '../../../peer-agent/spool/spool.ts'
import { unpack } from '../../../peer-agent/unpack/unpack.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { fixtureRelease } from '../../support/release-fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-full-'))
const disk = join(root, 'disk')
mkdirSync(disk)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0
const skip = !mounted && 'mounting a tmpfs needs root'
after(() => {
  if (mounted) spawnSync('umount', ['-l', disk])
  rmSync(root, { recursive: true })
})

describe('a full disk', () => {
  it('is told before it is full', async () => {
    await requireRoom(join(root, 'not/there/yet'), 1, 'nothing')
    await assert.rejects(requireRoom(root, 2 ** 60, 'the artifact'), {
      code: 'DISK_FULL',
      message: /^the artifact needs 1099511627776 MiB in .* only \d+ MiB are free$/,
    })
  })

  it('costs the spool records, tells which, and no more once there is room', { skip }, async () => {
    const spool = await Spool.open(
      { directory: join(disk, 'spool'), maxBytes: 64 * 1024 * 1024 },
      { random: systemRandom },
    )
    const append = (text: string) =>
      spool.append({
        logChunk: {
          stream: 'agent',
          rolloutId: '',
          app: '',
          releaseId: '',
          atMs: 1,
          data: Buffer.from(text),
          final: false,
        },
      })
    append('before')
    writeFileSync(join(disk, 'ballast'), '')
    fill(join(disk, 'ballast'))
    for (let count = 0; count < 20; count++) append('x'.repeat(60_000))
    rmSync(join(disk, 'ballast'))
    append('after')
    const records = spool.read(0, spool.lastNumber, 1 << 24)
    const texts = records.map(({ logChunk, gap }) =>
      gap ? `gap ${gap.firstNumber}-${gap.lastNumber}` : Buffer.from(logChunk!.data).toString(),
    )
    assert.deepEqual(texts, ['before', 'gap 2-21', 'after'])
    assert.ok(records[1]!.gap!.bytes > 20 * 60_000)
    spool.close()
    rmSync(join(disk, 'spool'), { recursive: true })
  })

  it('does not stop an attempt that cannot be stored', { skip }, async () => {
    fill(join(disk, 'ballast'))
    const log = new AttemptLog(join(disk, 'attempts'), { logger: silentLogger() })
    const attempt = { attemptId: 'a', rolloutId: 'r', app: 'x', releaseId: 'x-1', kind: 'fetch' as const, batch: 0 }
    await log.put({ ...attempt, receivedAtMs: 1, reports: [] })
    assert.equal(log.find('a')?.releaseId, 'x-1')
    rmSync(join(disk, 'ballast'))
    rmSync(join(disk, 'attempts'), { recursive: true })
  })

  it('ends an unpacking that leaves nothing', { skip }, async () => {
    const files = { a: 'a'.repeat(400_000), b: 'b'.repeat(900_000) }
    const { manifest, directory } = await fixtureRelease(root, { releaseId: 'full-1', files })
    const { artifact } = manifest
    const target = join(disk, 'release')
    const options = { archivePath: join(directory, artifact.fileName), artifact, directory: target, modifiedAtMs: 0 }
    await assert.rejects(unpack({ ...options, signal: new AbortController().signal }), { code: 'DISK_FULL' })
    assert.equal(spawnSync('ls', ['-A', disk], { encoding: 'utf8' }).stdout, '')
  })
})

/** Until not a byte more fits. */
function fill(path: string): void {
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // A smaller piece may still fit.
    }
  }
}
