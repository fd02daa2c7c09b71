import { readFile } from 'node:fs/promises'
import { verifyManifest } from '../../proto/release-manifest.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { SignedRelease } from '../releases/release-store.ts'

/**
 * Refuses a release that no trusted key signed. The file is read each time, so that keys can be exchanged
 * while the agent runs. Without a file, every signature is taken.
 * @throws {RookeryError} SIGNATURE_INVALID; FILE_UNREADABLE.
 */
export async function requireTrusted(release: SignedRelease, trustedKeysFile: string | undefined): Promise<void> {
  if (trustedKeysFile === undefined) return
  const keys = pemBlocks(await readKeys(trustedKeysFile))
  if (keys.length === 0) throw new RookeryError('FILE_UNREADABLE', `${trustedKeysFile} holds no public key in PEM form`)
  try {
    verifyManifest(release.manifestBytes, release.signature, keys)
  } catch (error) {
    if (error instanceof RookeryError) throw error
    throw new RookeryError('FILE_UNREADABLE', `a key in ${trustedKeysFile} cannot be used: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}

async function readKeys(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read the trusted keys ${path}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}

function pemBlocks(text: string): string[] {
  return text.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? []
}
