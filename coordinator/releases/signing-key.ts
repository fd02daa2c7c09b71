import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { systemErrorCode } from '../../runtime/errors.ts'

/** The Ed25519 key this coordinator signs releases with. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicPem: string
}

/** Reads the key from the data directory, or makes one on the first start; agents are given signing-key.pub.pem. */
export async function loadSigningKey(dataDirectory: string): Promise<SigningKey> {
  const path = join(dataDirectory, 'signing-key.pem')
  const pem = await readFile(path, 'utf8').catch((error) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  })
  const privateKey = pem === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(pem)
  if (pem === undefined) await writeFileDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
  const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string
  await writeFileDurably(join(dataDirectory, 'signing-key.pub.pem'), publicPem)
  return { privateKey, publicPem }
}
