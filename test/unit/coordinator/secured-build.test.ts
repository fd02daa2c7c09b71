import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { Builder } from '../../../coordinator/build/builder.ts'
import { LogStore } from '../../../coordinator/logs/log-store.ts'
import { LogWriter } from '../../../coordinator/logs/log-writer.ts'
import { ReleaseFiles } from '../../../coordinator/releases/release-files.ts'
import { ReleaseStore } from '../../../coordinator/releases/release-store.ts'
import { keySigner } from '../../../coordinator/releases/signer.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { parseMetainfo } from '../../../swarm/index.ts'
import { sampleApp } from '../../support/sample-app.ts'
import { SwarmAuthority } from '../../support/swarm-authority.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

it('names the authority of now in the torrent of a release, where there is one', async () => {
  const scratch = scratchDirectory('secured-build')
  const source = join(scratch.path, 'source')
  for (const [path, text] of Object.entries(sampleApp({ version: 'v1' }))) {
    mkdirSync(dirname(join(source, path)), { recursive: true })
    writeFileSync(join(source, path), text)
  }
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const signer = keySigner(generateKeyPairSync('ed25519').privateKey)
  const files = new ReleaseFiles(scratch.path)
  const store = new ReleaseStore(database, signer.publicPem)
  let authority: string | undefined
  const builder = new Builder({
    ...{ dataDirectory: scratch.path, announceUrls: ['https://tracker.example/announce'], store, files, signer },
    ...{ clock: systemClock, random: systemRandom, sslCertificate: () => authority },
  })
  const build = async (id: string) => {
    const about = { rolloutId: 'ro', releaseId: id, app: 'hello', stream: 'build' }
    const onError = (error: unknown) => assert.fail(String(error))
    const log = new LogWriter(about, { store: new LogStore(database), clock: systemClock, onError })
    const target = await builder.resolve('sample', { directory: source }, undefined)
    await builder.build(id, target, log, new AbortController().signal)
    await log.flush()
    return parseMetainfo(readFileSync(files.torrentPath(id))).sslCertificate?.trim()
  }
  assert.equal(await build('sample-1'), undefined)
  for (const name of ['first', 'second']) {
    authority = (await SwarmAuthority.create(name)).certificate
    assert.equal(await build(`sample-${name}`), authority.trim())
  }
  await database.destroy()
  scratch.remove()
})
