import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { TreeWriter } from '../../peer-agent/unpack/tree-writer.ts'
import { unpack } from '../../peer-agent/unpack/unpack.ts'
import { type Random, seededRandom } from '../../runtime/random.ts'
import { fixChecksum, paxEntry, type RawEntry, rawTar } from '../support/raw-tar.ts'

const runs = 10_000
const seed = Math.floor(Math.random() * 2 ** 31)
/** Ten thousand small trees are written and deleted: in memory where there is such a place. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rookery-fuzz-'))
after(() => rmSync(root, { recursive: true, force: true }))

const content = (text: string, times = 1) => Buffer.from(text.repeat(times))
const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`
const plain: RawEntry[] = [
  { name: 'bin/', type: '5', mode: 0o755 },
  { name: 'bin/run', content: content('#!/bin/sh\n'), mode: 0o755 },
  { name: 'data', content: content('0123456789', 120) },
  { name: 'current', type: '2', linkname: 'bin/run' },
  { name: 'same', type: '1', linkname: 'data' },
]
const extended: RawEntry[] = [
  paxEntry([['path', long]]),
  { name: 'short', content: content('long name') },
  paxEntry([['comment', 'for all']], 'g'),
  { name: '././@LongLink', type: 'L', content: content(`${long}/by-gnu\0`) },
  { name: 'short', content: content('x') },
  paxEntry([['linkpath', 'short/../bin']]),
  { name: 'link', type: '2' },
]
const archives = [
  { bytes: rawTar(plain), entries: 5, unpackedBytes: 1_210 },
  { bytes: rawTar(extended.toSpliced(4, 1).toSpliced(3, 1)), entries: 2, unpackedBytes: 9 },
  { bytes: rawTar([...plain, ...extended.slice(0, 2)]), entries: 6, unpackedBytes: 1_219 },
]
const interesting = [
  '/',
  '..',
  '../x',
  '/etc/x',
  'bin',
  'data',
  'current/x',
  './',
  '\0',
  'a\nb',
  '\xff',
  '.',
  'bin/run/x',
]
const types = [...'0123456789ABDKLMNSVXgx\0\x7f']

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)]!
}

/** Changes a header and makes its checksum fit, so that it is read and not only turned away. */
function mutateHeader(bytes: Buffer, random: Random): void {
  const header = bytes.subarray(random.below(Math.floor(bytes.length / 512)) * 512)
  switch (random.below(6)) {
    case 0:
      header.fill(0, 0, 100)
      header.write(pick(random, interesting), 0, 'latin1')
      break
    case 1:
      header.write(pick(random, types), 156, 'latin1')
      break
    case 2:
      header.fill(0, 157, 257)
      header.write(pick(random, interesting), 157, 'latin1')
      break
    case 3:
      Buffer.from(random.bytes(12)).copy(header, 124)
      break
    case 4:
      header.write(`${random.below(5_000).toString(8).padStart(11, '0')}\0`, 124)
      break
    default:
      header[random.below(512)] = random.below(256)
  }
  fixChecksum(header)
}

function mutated(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original)
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(bytes.length)
    const block = Math.floor(at / 512) * 512
    const kind = random.below(10)
    if (kind < 6) mutateHeader(bytes, random)
    else if (kind === 6) bytes[at] = random.below(256)
    else if (kind === 7) bytes = Buffer.concat([bytes.subarray(0, block), bytes.subarray(block + 512)])
    else if (kind === 8)
      bytes = Buffer.concat([bytes.subarray(0, block), bytes.subarray(0, 512), bytes.subarray(block)])
    else return bytes.subarray(0, at)
  }
  return bytes
}

/** The disk need not hold what is deleted at once. */
class UnsyncedWriter extends TreeWriter {
  override async finish(): Promise<void> {}
}

/** Asks the kernel where links lead. */
function assertInside(root: string, directory = root): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    const stats = lstatSync(path)
    assert.ok(stats.isFile() || stats.isDirectory() || stats.isSymbolicLink(), `${path} is of an odd kind`)
    if (stats.isSymbolicLink()) assert.ok(leadsTo(path, root).startsWith(root), `${path} leads out`)
    else assert.equal(stats.mode & 0o7000, 0, `${path} has bits that nobody gave it`)
    if (stats.isDirectory()) assertInside(root, path)
  }
}

function leadsTo(link: string, root: string): string {
  try {
    return realpathSync(link)
  } catch {
    // To nowhere, yet.
    return root
  }
}

const signal = new AbortController().signal
const counts = new Map<string, number>()

/** One archive after the other, in directories of its own. */
async function unpackMutated(name: string, random: Random, times: number): Promise<void> {
  const base = join(root, name)
  const archivePath = join(root, `${name}.archive`)
  const directory = join(base, 'release')
  mkdirSync(base)
  for (let run = 0; run < times; run++) {
    const { bytes: original, entries, unpackedBytes } = pick(random, archives)
    const bytes = mutated(original, random)
    const isCompressed = random.below(8) === 0
    writeFileSync(archivePath, isCompressed ? zstdCompressSync(bytes) : bytes)
    const artifact = { format: isCompressed ? 'tar+zstd' : 'tar', entries, unpackedBytes } as const
    const sink = new UnsyncedWriter(directory, 0)
    const end = await unpack({ archivePath, artifact, directory, modifiedAtMs: 0, signal, sink }).then(
      () => 'taken',
      ({ code }: { code?: string }) => code ?? 'no code',
    )
    assert.match(end, /^taken$|^ARCHIVE_/, `${name}, run ${run} of seed ${seed}`)
    counts.set(end, (counts.get(end) ?? 0) + 1)
    if (end === 'taken') {
      assertInside(directory)
      rmSync(directory, { recursive: true })
    }
    assert.deepEqual(readdirSync(base), [], `${name}, run ${run} of seed ${seed} left something`)
  }
}

it(`of ${runs} mutated archives each is unpacked inside or refused, and nothing is left (seed ${seed})`, async () => {
  const openBefore = readdirSync('/proc/self/fd').length
  // Side by side, since most of the time is spent on waiting for threads.
  const lanes = Array.from({ length: 4 }, (_, lane) =>
    unpackMutated(`lane-${lane}`, seededRandom(seed + lane), runs / 4),
  )
  await Promise.all(lanes)
  const of = (end: string) => counts.get(end) ?? 0
  assert.equal(
    [...counts.values()].reduce((sum, count) => sum + count),
    runs,
  )
  assert.ok(of('taken') > runs / 100, `only ${of('taken')} were unpacked: the mutations are too coarse`)
  assert.ok(of('ARCHIVE_UNSAFE') > runs / 20, `only ${of('ARCHIVE_UNSAFE')} were refused for what they say`)
  assert.ok(readdirSync('/proc/self/fd').length <= openBefore + 2, 'files stayed open')
})
