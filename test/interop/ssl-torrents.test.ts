import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parseMetainfo } from '../../swarm/index.ts'
import { eventually } from '../support/eventually.ts'
import { RookeryProcess, rookery } from '../support/process.ts'
import { SwarmAuthority } from '../support/swarm-authority.ts'
import { writeTree } from '../support/swarm-fixture.ts'
import { treeDifferences, treeDigest } from '../support/tree-digest.ts'
import { InteropFixture } from './fixture.ts'
import { libtorrentOverSsl, missingSsl } from './ssl-peer.ts'

const fixture = new InteropFixture()
const authority = await SwarmAuthority.create('interop authority')
const commands: RookeryProcess[] = []
let issued = 0

before(() => fixture.tracker.start())
after(async () => {
  await Promise.all(commands.map((command) => command.kill('SIGTERM')))
  await fixture.end()
})

/** Files of a certificate, as the options that name them. */
async function certificateArgs(from = authority, dns: readonly string[] = ['*']) {
  const directory = fixture.place('certificate')
  const certified = await from.issue({ name: `peer-${++issued}`, dns })
  writeFileSync(join(directory, 'certificate.pem'), certified.certificate)
  writeFileSync(join(directory, 'key.pem'), certified.key)
  writeFileSync(join(directory, 'authority.pem'), from.certificate)
  const args = ['--certificate', join(directory, 'certificate.pem'), '--key', join(directory, 'key.pem')]
  return { args, authority: ['--authority', join(directory, 'authority.pem')] }
}

/** `rookery seed` of a new SSL torrent. */
async function seed() {
  const directory = fixture.place('content')
  writeTree(directory, { 'app/bin/run': 700_000, 'app/lib/big': 3_000_000 }, ++issued)
  const torrent = `${directory}.torrent`
  const { args, authority: named } = await certificateArgs()
  const tracker = ['--tracker', fixture.trackerUrls.http]
  const place = ['seed', join(directory, 'app'), '--torrent', torrent, '--host', '127.0.0.1']
  const command = new RookeryProcess([...place, ...tracker, ...args, ...named, '--json'])
  commands.push(command)
  await eventually('it seeds', () => command.stdout.includes('"seeding"') || assert.equal(command.stderr, ''))
  const { port } = JSON.parse(command.stdout.split('\n', 1)[0]!) as { port: number }
  return { directory, torrent, port, command }
}

async function same(directory: string, out: string, log: () => string): Promise<void> {
  await eventually(
    'the same files',
    () => {
      const differences = treeDifferences(treeDigest(directory), treeDigest(out))
      if (differences.length > 0) throw new Error(`${differences.join('; ')}\n${log().slice(-3_000)}`)
      return true
    },
    60_000,
  )
}

describe('SSL torrents', { skip: missingSsl(), concurrency: 2 }, () => {
  for (const finds of ['by the tracker', 'by dialling us'] as const) {
    it(`libtorrent fetches from rookery seed, ${finds}`, async () => {
      const { directory, torrent, port } = await seed()
      assert.equal(parseMetainfo(readFileSync(torrent)).sslCertificate?.trim(), authority.certificate.trim())
      const out = fixture.place('out')
      const peer = finds === 'by dialling us' ? `127.0.0.1:${port}` : undefined
      const certified = await authority.issue({ name: 'libtorrent' })
      const state = fixture.place('state')
      const program = fixture.keep(
        libtorrentOverSsl({ torrent, directory: out, port: await fixture.port(), certified, state, peer }),
      )
      await same(directory, out, () => program.output)
    })
  }

  for (const dialler of ['rookery', 'libtorrent'] as const) {
    it(`rookery fetch gets it from libtorrent, ${dialler} dials`, async () => {
      const { directory, torrent, command } = await seed()
      await command.kill('SIGTERM')
      const out = fixture.place('out')
      const [port, own] = [await fixture.port(), await fixture.port()]
      const { args } = await certificateArgs()
      // Nobody is told of whom they must not dial.
      const tracker = dialler === 'rookery' ? fixture.trackerUrls.http : 'http://127.0.0.1:9/announce'
      const place = ['fetch', torrent, '-o', out, '--host', '127.0.0.1', '--port', String(own), '--tracker', tracker]
      const fetching = new RookeryProcess([...place, ...args, '--json'])
      commands.push(fetching)
      await eventually('it listens', () => fetching.stdout.includes('"fetching"'))
      const certified = await authority.issue({ name: 'libtorrent' })
      const peer = dialler === 'libtorrent' ? `127.0.0.1:${own}` : undefined
      const state = fixture.place('state')
      const program = fixture.keep(libtorrentOverSsl({ torrent, directory, port, certified, state, peer }))
      await same(directory, out, () => program.output + fetching.stderr)
      assert.equal((await fetching.ended()).code, 0)
    })
  }
})

describe('rookery fetch of an SSL torrent', () => {
  let torrent: string
  let out: string
  before(async () => {
    ;({ torrent } = await seed())
    out = fixture.place('out')
  })
  const fetch = (...args: string[]) => rookery(['fetch', torrent, '-o', out, '--host', '127.0.0.1', ...args])

  it('asks for a certificate', async () => {
    const { code, stderr } = await fetch()
    assert.equal(code, 3)
    assert.match(stderr, /for TLS only: .*--certificate FILE --key FILE/)
  })

  it('refuses files that do not belong together, or are for others', async () => {
    const [one, two] = [await certificateArgs(), await certificateArgs()]
    const stranger = await certificateArgs(await SwarmAuthority.create('somebody else'))
    const wrong = [
      [[...one.args.slice(0, 2)], /both --certificate and --key/, 2],
      [[...one.args.slice(0, 2), ...two.args.slice(2)], /does not belong to the certificate/, 2],
      [['--certificate', torrent, '--key', torrent], /is no certificate in PEM/, 2],
      [['--certificate', '/nowhere', '--key', '/nowhere'], /cannot read \/nowhere/, 2],
      [[...stranger.args, ...stranger.authority], /none of the authorities trusted here/, 3],
    ] as const
    for (const [args, message, expected] of wrong) {
      const { code, stderr } = await fetch(...args)
      assert.match(stderr, message)
      assert.equal(code, expected, stderr)
    }
  })

  it('talks to nobody whose certificate is for another torrent', async () => {
    const { directory, torrent: theirs, command } = await seed()
    await command.kill('SIGTERM')
    mkdirSync(out, { recursive: true })
    const listening = await certificateArgs(authority, ['elsewhere'])
    const seeding = new RookeryProcess([
      ...['seed', join(directory, 'app'), '--torrent', theirs, '--host', '127.0.0.1'],
      ...['--tracker', fixture.trackerUrls.http, ...listening.args, '--json'],
    ])
    commands.push(seeding)
    await eventually('it seeds', () => seeding.stdout.includes('"seeding"'))
    const { args } = await certificateArgs()
    const fetching = new RookeryProcess([
      ...['fetch', theirs, '-o', fixture.place('out'), '--host', '127.0.0.1', ...args, '--json'],
    ])
    commands.push(fetching)
    const states = () => [...fetching.stdout.matchAll(/"peers":(\d+)/g)].map(([, peers]) => peers)
    await eventually('it looked for peers for a while', () => states().length >= 4)
    assert.deepEqual(new Set(states()), new Set(['0']))
  })
})
