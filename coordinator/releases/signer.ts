import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { SigningConfig } from './config.ts'
import { signByCommand } from './signing-command.ts'
import { keyOfFile, ownKey, pemOf, publicKeysOfFile } from './signing-key.ts'

/** Signs releases and revocations. */
export interface Signer {
  /** Public half of the key in use. */
  readonly publicPem: string
  /** All whose signatures are accepted: the key in use, then former ones. Hosts pin these. */
  readonly publicPems: readonly string[]
  /**
   * The Ed25519 signature over the bytes, checked against the public key.
   * @throws {RookeryError} SIGNING_FAILED; the signal's reason when aborted.
   */
  sign(bytes: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
}

interface Dependencies {
  /** Takes secrets out of what a command said. */
  readonly redact: (text: string) => string
}

/**
 * The signer of the configuration. Its public keys are written to signing-key.pub.pem in the data directory, for hosts that
 * are given them by hand.
 * @throws {RookeryError} CONFIG_INVALID, FILE_UNREADABLE.
 */
export async function openSigner(
  config: SigningConfig,
  dataDirectory: string,
  { redact }: Dependencies,
): Promise<Signer> {
  const { keyFile, command, deadlineMs, publicKeyFile } = config
  if (keyFile !== undefined && command !== undefined)
    throw new RookeryError('CONFIG_INVALID', 'signing.command excludes signing.keyFile: name one of them')
  const named = publicKeyFile === undefined ? [] : await publicKeysOfFile(publicKeyFile)
  let signer: Signer
  if (command !== undefined) {
    const [publicPem] = named
    if (publicPem === undefined)
      throw new RookeryError(
        'CONFIG_INVALID',
        'signing.command needs signing.publicKeyFile, the public key of what it signs with',
      )
    const run = (bytes: Uint8Array, signal?: AbortSignal) =>
      signByCommand(bytes, { command, deadlineMs, redact, signal })
    signer = verifiedSigner(named, run)
  } else {
    signer = keySigner(keyFile === undefined ? await ownKey(dataDirectory) : await keyOfFile(keyFile), named)
    if (named.length > 0 && named[0] !== signer.publicPem)
      throw new RookeryError(
        'CONFIG_INVALID',
        `signing.publicKeyFile: the first key of ${publicKeyFile} is not the public half of the signing key`,
      )
  }
  await writeFileDurably(join(dataDirectory, 'signing-key.pub.pem'), signer.publicPems.join(''))
  return signer
}

/** A signer by a key that is in this process. */
export function keySigner(privateKey: KeyObject, publicPems: readonly string[] = []): Signer {
  const publicPem = pemOf(createPublicKey(privateKey))
  return {
    publicPem,
    publicPems: publicPems.length > 0 ? publicPems : [publicPem],
    sign: async (bytes) => sign(null, bytes, privateKey),
  }
}

/** What others signed is stored only if hosts will take it. */
function verifiedSigner(publicPems: readonly string[], signBytes: Signer['sign']): Signer {
  const publicPem = publicPems[0]!
  const key = createPublicKey(publicPem)
  return {
    publicPem,
    publicPems,
    sign: async (bytes, signal) => {
      const signature = await signBytes(bytes, signal)
      if (verify(null, bytes, key, signature)) return signature
      throw new RookeryError(
        'SIGNING_FAILED',
        'what the signing command gave is not a signature by the first key of signing.publicKeyFile',
      )
    },
  }
}
