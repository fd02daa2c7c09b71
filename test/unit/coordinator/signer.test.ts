import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { SigningConfig } from '../../../coordinator/releases/config.ts'
import { openSigner } from '../../../coordinator/releases/signer.ts'
import { groupIsAlive } from '../../../runtime/process-identity.ts'
import { Redactor } from '../../../runtime/redactor.ts'
import { eventually } from '../../support/eventually.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-signer-'))
after(() => rmSync(root, { recursive: true }))

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const keyFile = join(root, 'key.pem')
const publicKeyFile = join(root, 'key.pub.pem')
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
writeFileSync(publicKeyFile, publicPem)

const bytes = new TextEncoder().encode('{"schemaVersion":1}')
const redactor = Redactor.of([], { HSM_PIN: 'unused', HSM_PASSWORD: 'open-sesame' })

let count = 0
const open = (config: Partial<SigningConfig>, directory = join(root, `data-${count++}`)) =>
  openSigner({ deadlineMs: 10_000, ...config }, directory, { redact: (text) => redactor.text(text) })

/** A program that signs what it reads, written for this test. */
function signerProgram(name: string, output: string): string[] {
  const path = join(root, `${name}.mjs`)
  writeFileSync(
    path,
    `import { createPrivateKey, sign } from 'node:crypto'
     import { readFileSync } from 'node:fs'
     const signature = sign(null, readFileSync(0), createPrivateKey(readFileSync(${JSON.stringify(keyFile)})))
     ${output}`,
  )
  return [process.execPath, path]
}

describe('the signer', () => {
  it('makes a key in the data directory and uses it again', async () => {
    const directory = join(root, 'own')
    const first = await open({}, directory)
    assert.equal(statSync(join(directory, 'signing-key.pem')).mode & 0o777, 0o600)
    assert.equal(readFileSync(join(directory, 'signing-key.pub.pem'), 'utf8'), first.publicPem)
    const signature = await first.sign(bytes)
    assert.ok(verify(null, bytes, createPublicKey((await open({}, directory)).publicPem), signature))
  })

  it('takes an existing key, and former public keys beside its own', async () => {
    const former = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string
    const both = join(root, 'both.pub.pem')
    writeFileSync(both, publicPem + former)
    const directory = join(root, 'existing')
    const signer = await open({ keyFile, publicKeyFile: both }, directory)
    assert.deepEqual(signer.publicPems, [publicPem, former])
    assert.equal(readFileSync(join(directory, 'signing-key.pub.pem'), 'utf8'), publicPem + former)
    assert.equal(existsSync(join(directory, 'signing-key.pem')), false)
    assert.ok(verify(null, bytes, publicKey, await signer.sign(bytes)))
  })

  it('has a command sign, raw or as base64', async () => {
    const raw = signerProgram('raw', 'process.stdout.write(signature)')
    const text = signerProgram('text', 'console.log(signature.toString("base64").replace(/.{60}/g, "$&\\n"))')
    for (const command of [raw, text]) {
      const signer = await open({ command, publicKeyFile })
      assert.ok(verify(null, bytes, publicKey, await signer.sign(bytes)))
    }
  })

  it('stores no signature by another key', async () => {
    const other = join(root, 'other.pub.pem')
    writeFileSync(other, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))
    const command = signerProgram('wrong', 'process.stdout.write(signature)')
    const signer = await open({ command, publicKeyFile: other })
    await assert.rejects(signer.sign(bytes), { code: 'SIGNING_FAILED', message: /not a signature by the first key/ })
  })

  it('tells what a command said that failed, but for secrets', async () => {
    const fails = async (command: string[], message: RegExp) => {
      const signer = await open({ command, publicKeyFile })
      await assert.rejects(signer.sign(bytes), (error: { code: string; message: string }) => {
        assert.equal(error.code, 'SIGNING_FAILED')
        assert.match(error.message, message)
        assert.ok(!error.message.includes('open-sesame'))
        return true
      })
    }
    await fails(['/bin/sh', '-c', 'echo pin open-sesame refused >&2; exit 3'], /exit code 3: pin \[redacted\] refused/)
    await fails(['/bin/sh', '-c', 'cat > /dev/null; echo nothing'], /8 bytes that are no signature/)
    await fails(['/no/such/signer'], /ENOENT/)
    await fails(['/bin/sh', '-c', 'yes'], /wrote more than/)
  })

  it('kills a command, and all it started, at its deadline and when the build is stopped', async () => {
    const pidFile = join(root, 'pid')
    const command = ['/bin/sh', '-c', `echo $$ > ${pidFile}; sleep 600 & sleep 600`]
    const late = await open({ command, publicKeyFile, deadlineMs: 300 })
    await assert.rejects(late.sign(bytes), { code: 'SIGNING_FAILED', message: /did not end within 300 ms/ })
    await eventually('the group has ended', () => !groupIsAlive(Number(readFileSync(pidFile, 'utf8'))))
    rmSync(pidFile)
    const stop = new AbortController()
    const signer = await open({ command, publicKeyFile })
    const signing = signer.sign(bytes, stop.signal)
    await eventually('it runs', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '')
    stop.abort(new Error('the build was stopped'))
    await assert.rejects(signing, /the build was stopped/)
    await eventually('the group has ended', () => !groupIsAlive(Number(readFileSync(pidFile, 'utf8'))))
  })

  it('refuses settings that do not fit', async () => {
    const command = ['true']
    await assert.rejects(open({ command }), { code: 'CONFIG_INVALID', message: /needs signing.publicKeyFile/ })
    await assert.rejects(open({ command, keyFile, publicKeyFile }), { code: 'CONFIG_INVALID', message: /excludes/ })
    await assert.rejects(open({ keyFile: join(root, 'gone') }), { code: 'FILE_UNREADABLE', message: /keyFile/ })
    await assert.rejects(open({ keyFile: publicKeyFile }), { code: 'CONFIG_INVALID', message: /no key that can be/ })
    await assert.rejects(open({ publicKeyFile }), { code: 'CONFIG_INVALID', message: /not the public half/ })
    const rsa = join(root, 'rsa.pem')
    writeFileSync(
      rsa,
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    )
    await assert.rejects(open({ keyFile: rsa }), { code: 'CONFIG_INVALID', message: /type rsa, not Ed25519/ })
  })
})
