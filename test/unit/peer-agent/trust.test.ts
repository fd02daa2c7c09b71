import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import { encodeManifest } from '../../../proto/release-manifest.ts'
import { CommandKind } from '../../../proto/session.ts'
import { AgentCase } from '../../support/agent-case.ts'
import { activate, desire } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { type FixtureRelease, fixturePublicKey, fixtureRevocation } from '../../support/release-fixture.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('trust')
const stranger = generateKeyPairSync('ed25519')
const run = {
  command: 'echo app $$; exec sleep 600',
  environment: {},
  stopSignal: 'SIGTERM',
  stopDeadlineMs: 1_000,
} as const
let settings: Record<string, unknown>
let host: AgentCase
let count = 0

after(() => scratch.remove())
beforeEach(async () => {
  settings = {}
  host = new AgentCase(join(scratch.path, `case-${count++}`), settings)
  await host.start()
})
afterEach(async () => {
  await host.stop()
  endApp()
})

/** The agent's own record of the app it runs. */
function appPid(): number | undefined {
  const path = host.agent.data('apps/hello/process.json')
  if (!existsSync(path)) return undefined
  return (JSON.parse(readFileSync(path, 'utf8')) as { process: { pid: number } | null }).process?.pid
}

function endApp(): void {
  const pid = appPid()
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

const isAlive = (pid: number | undefined) => pid !== undefined && existsSync(`/proc/${pid}`)

async function refused(release: FixtureRelease, attemptId: string, code: string): Promise<string> {
  desire(host.coordinator, release, attemptId)
  return (await host.failed(attemptId, code)).errorMessage
}

async function live(release: FixtureRelease): Promise<void> {
  await host.fetched(release)
  await host.activated(release)
}

function manifestPath({ manifest: { releaseId } }: FixtureRelease): string {
  return host.agent.data('releases/hello', releaseId, 'manifest.json')
}

describe('an agent takes', () => {
  it('no release that nobody it trusts signed, and none that was altered', async () => {
    const foreign = await host.release('foreign-1', {}, { signedBy: stranger.privateKey })
    assert.match(await refused(foreign, 'foreign', 'SIGNATURE_INVALID'), /not signed by a trusted key/)
    const release = await host.release('hello-1')
    const deploy = { ...release.manifest.deploy, path: '/srv/other' }
    const altered = { ...release, manifestBytes: encodeManifest({ ...release.manifest, deploy }) }
    await refused(altered, 'altered', 'SIGNATURE_INVALID')
    await refused({ ...release, signature: new Uint8Array(64) }, 'unsigned', 'SIGNATURE_INVALID')
    await refused({ ...release, signature: new Uint8Array() }, 'empty', 'SIGNATURE_INVALID')
    assert.equal(existsSync(manifestPath(release)), false)
    await host.fetched(release)
  })

  it('nothing without keys, and says what to set', async () => {
    settings.trustedKeysFile = undefined
    await host.restart()
    const message = await refused(await host.release('hello-1'), 'fetch', 'SIGNATURE_INVALID')
    assert.match(message, /set trustedKeysFile, or enrol it .*identity\/release-keys\.pem/)
    assert.match(message, /allowUnsignedReleases: true/)
    assert.match((await host.agent.parts!.keys.warning())!, /no release will be taken/)
  })

  it('what the keys of its enrolment signed, unless it is given others', async () => {
    settings.trustedKeysFile = undefined
    mkdirSync(host.agent.data('identity'), { recursive: true })
    writeFileSync(host.agent.data('identity/release-keys.pem'), fixturePublicKey)
    await host.restart()
    await host.fetched(await host.release('hello-1'))
    const other = join(scratch.path, 'other.pem')
    writeFileSync(other, stranger.publicKey.export({ type: 'spki', format: 'pem' }))
    settings.trustedKeysFile = other
    await host.restart()
    await refused(await host.release('hello-2'), 'second', 'SIGNATURE_INVALID')
    settings.trustedKeysFile = join(scratch.path, 'gone.pem')
    settings.allowUnsignedReleases = true
    await host.restart()
    assert.match(await refused(await host.release('hello-3'), 'third', 'FILE_UNREADABLE'), /gone\.pem/)
  })

  it('anything for a trial, and says so; keys that there are count all the same', async () => {
    settings.trustedKeysFile = undefined
    settings.allowUnsignedReleases = true
    await host.restart()
    assert.match((await host.agent.parts!.keys.warning())!, /whoever signed them/)
    const foreign = { signedBy: stranger.privateKey }
    await host.fetched(await host.release('foreign-1', {}, foreign))
    mkdirSync(host.agent.data('identity'), { recursive: true })
    writeFileSync(host.agent.data('identity/release-keys.pem'), fixturePublicKey)
    await refused(await host.release('foreign-2', {}, foreign), 'second', 'SIGNATURE_INVALID')
  })
})

describe('a manifest that was altered on the disk', () => {
  const evil = (release: FixtureRelease) => {
    const marker = join(scratch.path, `evil-${release.manifest.releaseId}`)
    const hooks = { preActivate: { command: `touch ${marker}`, deadlineMs: 5_000 } }
    const bytes = encodeManifest({
      ...release.manifest,
      deploy: { ...release.manifest.deploy, hooks, run: { ...run, command: `touch ${marker}; sleep 600` } },
    })
    writeFileSync(manifestPath(release), bytes)
    return marker
  }

  it('is not activated', async () => {
    const release = await host.release('hello-1')
    await host.fetched(release)
    const marker = evil(release)
    activate(host.coordinator, release, 'now')
    await host.failed('now', 'SIGNATURE_INVALID')
    await host.restart()
    activate(host.coordinator, release, 'after')
    await host.failed('after', 'SIGNATURE_INVALID')
    assert.equal(existsSync(marker), false)
  })

  it('is not gone back to', async () => {
    const [first, second] = [await host.release('hello-1'), await host.release('hello-2')]
    await live(first)
    await live(second)
    evil(first)
    activate(host.coordinator, first, 'back')
    await host.failed('back', 'SIGNATURE_INVALID')
    assert.equal(host.live, 'hello-2')
  })

  it('leaves the app running, and starts nothing once that has ended', async () => {
    const release = await host.release('hello-1', { run })
    await live(release)
    const marker = evil(release)
    const before = appPid()
    await host.restart()
    assert.ok(isAlive(before))
    assert.equal(appPid(), before)
    process.kill(-before!, 'SIGKILL')
    await eventually('it is gone', () => !isAlive(before))
    await host.restart()
    assert.equal(isAlive(appPid()), false)
    assert.equal(existsSync(marker), false)
  })

  it('is told to whoever has the release verified, and healed by the release as it was signed', async () => {
    const release = await host.release('hello-1', { run })
    await live(release)
    const marker = evil(release)
    await host.restart()
    const { app, releaseId } = release.manifest
    const kind = CommandKind.COMMAND_KIND_VERIFY
    host.coordinator.send({ command: { attemptId: 'verify', rolloutId: '', kind, app, releaseId } })
    const report = await host.coordinator.received('verifyReport')
    assert.equal(report.errorCode, 'SIGNATURE_INVALID')
    desire(host.coordinator, release, 'again')
    await host.succeeded('again')
    assert.deepEqual(readFileSync(manifestPath(release)), Buffer.from(release.manifestBytes))
    const again = await host.release('hello-1', { run })
    activate(host.coordinator, again, 'activate-again')
    await host.succeeded('activate-again')
    assert.ok(isAlive(appPid()))
    assert.equal(existsSync(marker), false)
  })

  it('is not believed when it was moved from another release', async () => {
    const [first, second] = [await host.release('hello-1'), await host.release('hello-2')]
    await host.fetched(first)
    await host.fetched(second)
    for (const name of ['manifest.json', 'manifest.sig'])
      writeFileSync(
        host.agent.data('releases/hello/hello-2', name),
        readFileSync(host.agent.data('releases/hello/hello-1', name)),
      )
    await host.restart()
    activate(host.coordinator, second, 'second')
    await host.failed('second', 'NOT_FOUND')
  })
})

describe('an agent that was told of a revoked release', () => {
  const at = (number: number) => ({ createdAtMs: Date.UTC(2026, 0, number) })
  const revoke = async (...revocations: ReturnType<typeof fixtureRevocation>[]) => {
    host.coordinator.send({ releaseRevocations: { revocations } })
    await eventually('it is on the disk', () => existsSync(host.agent.data('revocations.json')))
  }

  it('neither fetches, activates nor mends it, nor one that is older; a newer one it does', async () => {
    const [one, two, three] = [
      await host.release('hello-1', {}, at(1)),
      await host.release('hello-2', {}, at(2)),
      await host.release('hello-3', {}, at(3)),
    ]
    await live(one)
    await host.fetched(two)
    await revoke(fixtureRevocation(two))
    activate(host.coordinator, two, 'activate')
    assert.match((await host.failed('activate', 'RELEASE_REVOKED')).errorMessage, /hello-2 is revoked: leaks tokens/)
    assert.match(await refused(two, 'fetch', 'RELEASE_REVOKED'), /hello-2 is revoked/)
    const older = await host.release('hello-0', {}, at(1))
    assert.match(await refused(older, 'older', 'RELEASE_REVOKED'), /hello-0 is not newer than hello-2/)
    desire(host.coordinator, one, 'mend', true)
    await host.failed('mend', 'RELEASE_REVOKED')
    assert.equal(host.live, 'hello-1')
    await live(three)
  })

  it('goes on refusing after a restart, and when it is told less', async () => {
    const [one, two] = [await host.release('hello-1', {}, at(1)), await host.release('hello-2', {}, at(2))]
    await revoke(fixtureRevocation(two))
    host.coordinator.send({ releaseRevocations: { revocations: [] } })
    host.coordinator.send({ releaseRevocations: { revocations: [fixtureRevocation(one, { sequence: 9 })] } })
    await refused(two, 'now', 'RELEASE_REVOKED')
    await host.restart()
    assert.match(await refused(two, 'later', 'RELEASE_REVOKED'), /hello-2 is revoked: leaks tokens/)
  })

  it('believes only those who sign its releases', async () => {
    const [one, two] = [await host.release('hello-1', {}, at(1)), await host.release('hello-2', {}, at(2))]
    const forged = fixtureRevocation(two, { signedBy: stranger.privateKey })
    const { statement, signature } = fixtureRevocation(two)
    const altered = Buffer.from(Buffer.from(statement).toString().replace('leaks', 'makes'))
    const noise = { statement: Buffer.from('no statement'), signature }
    // Neither can a signed manifest be taken for one.
    const manifest = { statement: two.manifestBytes, signature: two.signature }
    await revoke(forged, { statement: altered, signature }, noise, manifest, fixtureRevocation(one))
    await host.fetched(two)
    await refused(one, 'one', 'RELEASE_REVOKED')
  })

  it('leaves it running where it is live, and starts it again after a crash and a reboot', async () => {
    const release = await host.release('hello-1', { run }, at(1))
    await live(release)
    const before = appPid()
    await revoke(fixtureRevocation(release))
    assert.ok(isAlive(before))
    process.kill(-before!, 'SIGKILL')
    await eventually('it runs again', () => appPid() !== before && isAlive(appPid()))
    const crashed = appPid()
    await host.agent.stop()
    process.kill(-crashed!, 'SIGKILL')
    await eventually('it is gone', () => !isAlive(crashed))
    await host.agent.start()
    await eventually('it runs again', () => appPid() !== crashed && isAlive(appPid()))
  })

  it('starts although what it kept of it cannot be read, and is told again', async () => {
    const two = await host.release('hello-2', {}, at(2))
    await revoke(fixtureRevocation(two))
    writeFileSync(host.agent.data('revocations.json'), '[{"statement":')
    await host.restart()
    rmSync(host.agent.data('revocations.json'))
    await revoke(fixtureRevocation(two))
    await refused(two, 'fetch', 'RELEASE_REVOKED')
  })
})
