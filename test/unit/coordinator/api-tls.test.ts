import assert from 'node:assert/strict'
import type { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, it } from 'node:test'
import { connect } from 'node:tls'
import { Authority } from '../../../coordinator/identity/authority.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { serialOf } from '../../../trust/identity.ts'
import { eventually } from '../../support/eventually.ts'
import { certified, host } from '../../support/fleet-fixture.ts'
import { rookery } from '../../support/process.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

const directory = mkdtempSync(join(tmpdir(), 'rookery-api-tls-'))
const running: WholeCoordinator[] = []
afterEach(async () => {
  for (const coordinator of running.splice(0)) await coordinator.remove()
})
after(() => rmSync(directory, { recursive: true, force: true }))

async function start(options: Parameters<typeof WholeCoordinator.start>[0]): Promise<WholeCoordinator> {
  const coordinator = await WholeCoordinator.start(options)
  running.push(coordinator)
  return coordinator
}

const cli = (port: number, token: string, ...args: string[]) =>
  rookery(['host', 'list', '--coordinator', `https://127.0.0.1:${port}`, ...args], {
    env: { ROOKERY_TOKEN: token, HOME: directory },
  })

function shownBy(port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()!)
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

describe('the API beyond loopback', () => {
  it('speaks HTTPS with a certificate of the fleet’s authority, which the command line is given', async () => {
    const { port, directory: data, adminToken: token } = await start({ host: '0.0.0.0' })
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
    const ca = join(data, 'authority.crt.pem')
    const done = await cli(port, token, '--ca-file', ca)
    assert.equal(done.code, 0, done.stderr)
    const stranger = await cli(port, token)
    assert.equal(stranger.code, 4)
    assert.match(stranger.stderr, /certificate/)
    assert.ok(!stranger.stderr.includes(token))
    const shown = await shownBy(port)
    assert.match(shown.subjectAltName!, /IP Address:127\.0\.0\.1/)
  })

  it('or with one of your own, read again when it changes', async () => {
    const authority = await Authority.load(directory, undefined, { clock: systemClock, random: systemRandom })
    const files = { certificateFile: join(directory, 'api.crt'), keyFile: join(directory, 'api.key') }
    const write = async () => {
      const { current, certificate } = await certified(authority, host('api'), systemClock)
      writeFileSync(files.keyFile, current.key)
      writeFileSync(files.certificateFile, current.certificate)
      return serialOf(certificate)
    }
    const first = await write()
    const { port } = await start({ tls: files })
    assert.equal(serialOf(await shownBy(port)), first)
    const second = await write()
    await eventually('the new certificate', async () => serialOf(await shownBy(port)) === second)
  })

  it('is refused without credentials being asked for, and with files that do not belong together', async () => {
    await assert.rejects(
      start({ tls: { certificateFile: join(directory, 'nowhere'), keyFile: join(directory, 'api.key') } }),
      /cannot read/,
    )
    const authority = join(directory, 'authority.crt.pem')
    await assert.rejects(
      start({ tls: { certificateFile: authority, keyFile: join(directory, 'api.key') } }),
      /not for this key/,
    )
  })
})
