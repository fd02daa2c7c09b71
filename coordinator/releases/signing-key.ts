import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pemPublicKeys } from '../../proto/release-manifest.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'

/** The key in the data directory; made at the first start. */
export async function ownKey(dataDirectory: string): Promise<KeyObject> {
  const path = join(dataDirectory, 'signing-key.pem')
  const pem = await readFile(path, 'utf8').catch((error) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (pem !== undefined) return ed25519Key(path, () => createPrivateKey(pem))
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFileDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
  return privateKey
}

/** @throws {RookeryError} FILE_UNREADABLE, CONFIG_INVALID when it holds no Ed25519 key. */
export async function keyOfFile(path: string): Promise<KeyObject> {
  const pem = await readSetting('signing.keyFile', path)
  return ed25519Key(path, () => createPrivateKey(pem))
}

/** The keys of a file of public keys, as PEM, in their order. @throws {RookeryError} FILE_UNREADABLE, CONFIG_INVALID. */
export async function publicKeysOfFile(path: string): Promise<string[]> {
  const keys = pemPublicKeys(await readSetting('signing.publicKeyFile', path))
  if (keys.length === 0)
    throw new RookeryError('CONFIG_INVALID', `signing.publicKeyFile: ${path} holds no public key in PEM form`)
  return keys.map((pem) => pemOf(ed25519Key(path, () => createPublicKey(pem))))
}

/** SPKI, always in the same form, so that equal keys are equal text. */
export function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }) as string
}

/** What a key file holds is never part of an error. */
function ed25519Key(path: string, read: () => KeyObject): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch (error) {
    throw new RookeryError('CONFIG_INVALID', `${path} holds no key that can be read: ${errorMessage(error)}`)
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new RookeryError('CONFIG_INVALID', `${path} holds a key of type ${key.asymmetricKeyType}, not Ed25519`)
}

async function readSetting(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `${setting}: cannot read ${path}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}
