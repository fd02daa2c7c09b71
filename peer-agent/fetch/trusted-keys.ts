import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pemPublicKeys, verifyManifest } from '../../proto/release-manifest.ts'
import { isSignedBy, type SignedRevocation } from '../../proto/release-revocation.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { SignedRelease } from '../releases/release-store.ts'

interface Options {
  /** `trustedKeysFile` of the configuration. */
  readonly file: string | undefined
  /** What the host was given when it was enrolled; read when there is no `file`. */
  readonly pinnedFile: string
  /** Without any keys, everything is taken. */
  readonly allowsUnsigned: boolean
}

/**
 * The keys of which one must have signed what this host is to run. They are read each time, so that they can be exchanged
 * while the agent runs. Where there are none, nothing is taken, unless the configuration says otherwise.
 */
export class TrustedKeys {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws {RookeryError} SIGNATURE_INVALID; FILE_UNREADABLE. */
  async requireRelease({ manifestBytes, signature }: Omit<SignedRelease, 'torrent'>): Promise<void> {
    const keys = await this.#keys()
    if (keys) verifyManifest(manifestBytes, signature, keys.pems)
  }

  /** @throws {RookeryError} SIGNATURE_INVALID; FILE_UNREADABLE. */
  async requireRevocation(revocation: SignedRevocation): Promise<void> {
    const keys = await this.#keys()
    if (keys && !isSignedBy(revocation, keys.objects))
      throw new RookeryError('SIGNATURE_INVALID', 'the revocation is not signed by a trusted key')
  }

  /** A sentence for whoever starts the agent, when it would take nothing, or everything; undefined when all is well. */
  async warning(): Promise<string | undefined> {
    try {
      return (await this.#keys()) ? undefined : 'allowUnsignedReleases is set: releases are taken whoever signed them'
    } catch (error) {
      return `no release will be taken: ${errorMessage(error)}`
    }
  }

  /** Undefined when everything is taken. */
  async #keys(): Promise<{ pems: readonly string[]; objects: readonly KeyObject[] } | undefined> {
    const { file, pinnedFile, allowsUnsigned } = this.#options
    if (file !== undefined) return parsed(file, await readKeys(file))
    const pinned = await readKeys(pinnedFile).catch(ignoreMissing)
    if (pinned !== undefined) return parsed(pinnedFile, pinned)
    if (allowsUnsigned) return undefined
    throw new RookeryError(
      'SIGNATURE_INVALID',
      `this host has no keys to check releases with: set trustedKeysFile, or enrol it so that it gets ${pinnedFile}; for a trial, allowUnsignedReleases: true takes whatever comes`,
    )
  }
}

function parsed(file: string, text: string) {
  const pems = pemPublicKeys(text)
  if (pems.length === 0) throw new RookeryError('FILE_UNREADABLE', `${file} holds no public key in PEM form`)
  try {
    return { pems, objects: pems.map((pem) => createPublicKey(pem)) }
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `a key in ${file} cannot be used: ${errorMessage(error)}`, {
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

function ignoreMissing(error: RookeryError): undefined {
  if (systemErrorCode(error.cause) !== 'ENOENT') throw error
  return undefined
}
