import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { Authority } from '../../../coordinator/identity/authority.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { EnrolledIdentity } from '../../../trust/enrolled-identity.ts'
import { identityOf, parseIdentityUri, serialOf } from '../../../trust/identity.ts'
import { ProvidedIdentity } from '../../../trust/provided-identity.ts'
import type { TlsIdentity } from '../../../trust/tls-identity.ts'
import { eventually } from '../../support/eventually.ts'
import { certified, FleetFixture, host, seeder } from '../../support/fleet-fixture.ts'

const fleet = new FleetFixture()
const dependencies = { clock: systemClock, random: systemRandom, logger: silentLogger() }
before(() => fleet.start())
after(() => fleet.stop())

const code = (wanted: string) => (error: unknown) => error instanceof RookeryError && error.code === wanted

/** A data directory with a join token beside it. */
async function newcomer(name: string) {
  const dataDirectory = join(fleet.directory, `data-${name}`)
  mkdirSync(dataDirectory)
  const joinTokenFile = join(fleet.directory, `${name}.join-token`)
  writeFileSync(joinTokenFile, `${await fleet.token()}\n`)
  return { own: host(name), coordinatorUrl: fleet.url, joinTokenFile, dataDirectory }
}

describe('the identity of a host', () => {
  it('is kept for the next start, which needs neither token nor coordinator', async () => {
    const options = await newcomer('kept')
    const first = await EnrolledIdentity.open(options, dependencies)
    const nowhere = { ...options, coordinatorUrl: new URL('https://127.0.0.1:1'), joinTokenFile: undefined }
    const second = await EnrolledIdentity.open(nowhere, dependencies)
    assert.deepEqual(second.tls.current, first.tls.current)
    const file = join(options.dataDirectory, 'identity/identity.pem')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(readFileSync(join(options.dataDirectory, 'identity/release-keys.pem'), 'utf8'), 'the keys of releases')
  })

  it('is not another’s: a copied disk, or one without a token, does not start', async () => {
    const options = await newcomer('original')
    await EnrolledIdentity.open(options, dependencies)
    const copy = { ...options, own: host('copy'), dataDirectory: join(fleet.directory, 'data-copy') }
    cpSync(options.dataDirectory, copy.dataDirectory, { recursive: true })
    await assert.rejects(EnrolledIdentity.open(copy, dependencies), code('IDENTITY_INVALID'))
    await assert.rejects(
      EnrolledIdentity.open({ ...copy, joinTokenFile: undefined }, dependencies),
      /join-token create/,
    )
    await assert.rejects(
      EnrolledIdentity.open({ ...copy, joinTokenFile: '/nowhere' }, dependencies),
      code('FILE_UNREADABLE'),
    )
  })

  it('renews itself when half of its time is over, and keeps the new certificate', async () => {
    const clock = new ManualClock(Date.now())
    const options = await newcomer('renewing')
    const identity = await EnrolledIdentity.open(options, { ...dependencies, clock })
    await identity.start()
    const first = serialOf(identity.tls.certificate)
    for (let hours = 0; hours < 24 * 3; hours++) clock.advance(3_600_000)
    assert.equal(serialOf(identity.tls.certificate), first)
    await eventually('a new certificate', () => {
      clock.advance(3_600_000)
      return serialOf(identity.tls.certificate) !== first
    })
    await identity.stop()
    const next = await EnrolledIdentity.open({ ...options, joinTokenFile: undefined }, dependencies)
    assert.deepEqual(next.tls.current, identity.tls.current)
  })

  it('takes bundles that are newer, keeps them, and refuses what is none', async () => {
    const options = await newcomer('bundles')
    const identity = await EnrolledIdentity.open(options, dependencies)
    const { authorities, version } = identity.tls.bundle
    identity.takeBundle({ version: version + 1, authorities, revokedSerials: ['ab'] })
    identity.takeBundle({ version, authorities, revokedSerials: [] })
    assert.deepEqual(identity.tls.bundle.revokedSerials, ['ab'])
    for (const wrong of [
      {},
      null,
      { version: 9e15, authorities: ['x'], revokedSerials: [] },
      { version: -1, authorities, revokedSerials: [] },
    ])
      assert.throws(() => identity.takeBundle(wrong), code('IDENTITY_INVALID'))
    await identity.stop()
    const next = await EnrolledIdentity.open(options, dependencies)
    assert.deepEqual(next.tls.bundle.revokedSerials, ['ab'])
  })
})

describe('an authority of one’s own', () => {
  it('certifies in place of the one that would be made, and its files are noticed when they change', async () => {
    const authority = await Authority.load(fleet.directory, undefined, dependencies)
    const file = (name: string) => join(fleet.directory, `own-${name}.pem`)
    const write = ({ current }: TlsIdentity) => {
      writeFileSync(file('certificate'), current.certificate)
      writeFileSync(file('key'), current.key)
      writeFileSync(file('authorities'), current.authorities.join(''))
    }
    const paths = { certificateFile: file('certificate'), keyFile: file('key'), authoritiesFile: file('authorities') }
    write(await certified(authority, host('own-1'), systemClock))
    await assert.rejects(ProvidedIdentity.open(host('own-2'), paths, dependencies), /is not for host:own-2/)
    const clock = new ManualClock(Date.now())
    const identity = await ProvidedIdentity.open(host('own-1'), paths, { ...dependencies, clock })
    await identity.start()
    const renewed = await certified(authority, host('own-1'), systemClock)
    write(renewed)
    await eventually('the new certificate', () => {
      clock.advance(5_000)
      return serialOf(identity.tls.certificate) === serialOf(renewed.certificate)
    })
    await identity.stop()
  })

  it('must be one: a leaf, or a key of another certificate, is refused', async () => {
    const leaf = await fleet.identity(host('leaf'))
    const file = (name: string, text: string) => {
      const path = join(fleet.directory, `wrong-${name}.pem`)
      writeFileSync(path, text)
      return path
    }
    const leafFiles = {
      certificateFile: file('leaf', leaf.current.certificate),
      keyFile: file('key', leaf.current.key),
    }
    await assert.rejects(Authority.load(fleet.directory, leafFiles, dependencies), /not of an authority/)
    const mixed = { ...leafFiles, certificateFile: file('authority', leaf.current.authorities[0]!) }
    await assert.rejects(Authority.load(fleet.directory, mixed, dependencies), /not for this key/)
  })
})

describe('connections to the fleet port', () => {
  const dial = async (identity: TlsIdentity | undefined, options: object = {}): Promise<TLSSocket> => {
    const own = identity ? identity.secureContext : { rejectUnauthorized: false }
    const socket = connect({
      port: Number(fleet.url.port),
      host: '127.0.0.1',
      ...own,
      checkServerIdentity: () => undefined,
      ...options,
    })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    return socket
  }

  it('end within a second when their certificate is revoked; those of others stay', async () => {
    const revoked = await dial(await fleet.identity(host('revoked')))
    const stays = await dial(await fleet.identity(host('stays')))
    const nobody = await dial(undefined)
    const startedMs = performance.now()
    await fleet.parts.enrolments.revoke(host('revoked'), 'stolen')
    await once(revoked, 'close')
    assert.ok(performance.now() - startedMs < 1_000)
    assert.deepEqual([stays.destroyed, nobody.destroyed], [false, false])
    stays.destroy()
    nobody.destroy()
  })

  it('speak TLS 1.3 and nothing older', async () => {
    const socket = await dial(undefined)
    assert.equal(socket.getProtocol(), 'TLSv1.3')
    socket.destroy()
    await assert.rejects(
      new Promise((resolve, reject) => {
        const old = connect({
          port: Number(fleet.url.port),
          host: '127.0.0.1',
          rejectUnauthorized: false,
          maxVersion: 'TLSv1.2',
        })
        old.once('secureConnect', resolve)
        old.once('error', reject)
      }),
      /protocol/,
    )
  })

  it('show who they are by one URI alone', async () => {
    assert.deepEqual(identityOf((await fleet.identity(seeder)).certificate), seeder)
    for (const uri of [
      'spiffe://rookery/host/web-1/../x',
      'spiffe://rookery/host/-x',
      'spiffe://x/host/web\n1',
      'http://rookery/host/web-1',
    ])
      assert.equal(parseIdentityUri(uri), undefined)
  })
})
