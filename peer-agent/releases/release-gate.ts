import { decodeManifest, type ReleaseManifest } from '../../proto/release-manifest.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { TrustedKeys } from '../fetch/trusted-keys.ts'
import type { HostLimits } from '../limits/host-limits.ts'
import { systemUser } from '../process/system-user.ts'
import type { ReleaseStore, SignedRelease, StoredRelease } from './release-store.ts'
import type { Revocations } from './revocations.ts'

interface Dependencies {
  readonly keys: TrustedKeys
  readonly revocations: Revocations
  readonly limits: HostLimits
  readonly store: ReleaseStore
}

/** What a release must be for this host to take it, and to make it live. */
export class ReleaseGate {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /**
   * At its arrival, before anything of it is kept.
   * @throws {RookeryError} SIGNATURE_INVALID, RELEASE_CORRUPT, RELEASE_REVOKED, NOT_ALLOWED_HERE, FILE_UNREADABLE.
   */
  async admit(signed: SignedRelease): Promise<ReleaseManifest> {
    const { keys, revocations, limits } = this.#dependencies
    await keys.requireRelease(signed)
    const manifest = decodeManifest(signed.manifestBytes)
    revocations.refuse(manifest)
    await limits.check(manifest)
    await systemUser(manifest.deploy.user)
    return manifest
  }

  /** Before it is fetched or goes live, maybe long after. @throws {RookeryError} as `admit` does. */
  async requireAllowed(release: StoredRelease): Promise<void> {
    this.#dependencies.revocations.refuse(release.manifest)
    await this.requireRunnable(release)
  }

  /**
   * Before anything it says is run: what lies on the disk may have been altered since it came. That it was revoked does not
   * matter here, since what serves goes on serving. @throws {RookeryError} as `admit` does, but for RELEASE_REVOKED.
   */
  async requireRunnable(release: StoredRelease): Promise<void> {
    const { limits } = this.#dependencies
    await this.requireUnaltered(release)
    await limits.check(release.manifest)
    await systemUser(release.manifest.deploy.user)
  }

  /** The stored manifest is the one that was taken, signed as it was. @throws {RookeryError} SIGNATURE_INVALID, RELEASE_CORRUPT. */
  async requireUnaltered(release: StoredRelease): Promise<void> {
    const { keys, store } = this.#dependencies
    if (release.distrust) throw release.distrust
    const stored = await store.readSigned(release)
    await keys.requireRelease(stored)
    if (!Buffer.from(stored.manifestBytes).equals(release.manifestBytes))
      throw new RookeryError(
        'RELEASE_CORRUPT',
        `the manifest of ${release.manifest.releaseId} on the disk is not the one that was taken`,
      )
  }
}
