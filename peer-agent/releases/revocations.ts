import { readFile } from 'node:fs/promises'
import {
  decodeRevocation,
  isRevokedBy,
  type ReleaseAge,
  type ReleaseRevocation,
  revocationReason,
  type SignedRevocation,
} from '../../proto/release-revocation.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { TrustedKeys } from '../fetch/trusted-keys.ts'

interface Dependencies {
  readonly keys: TrustedKeys
  readonly logger: Logger
}

interface Kept extends SignedRevocation {
  readonly revocation: ReleaseRevocation
}

/**
 * What must not go live on this host any more, in `<data>/revocations.json`: of each app the statement on the newest
 * release, which says all that older ones say. What was taken once is never given up: not when it is not told again, and
 * not when the key that signed it is trusted no more.
 */
export class Revocations {
  readonly #file: string
  readonly #dependencies: Dependencies
  readonly #byApp = new Map<string, Kept>()

  constructor(file: string, dependencies: Dependencies) {
    this.#file = file
    this.#dependencies = dependencies
  }

  /** A file that cannot be read is passed over: every session tells all again before anything else. */
  async load(): Promise<void> {
    try {
      for (const { statement, signature } of JSON.parse(await readFile(this.#file, 'utf8')) as StoredRevocation[]) {
        const bytes = { statement: Buffer.from(statement, 'base64'), signature: Buffer.from(signature, 'base64') }
        this.#keep({ ...bytes, revocation: decodeRevocation(bytes.statement) })
      }
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return
      this.#dependencies.logger.error(`the revocations in ${this.#file} cannot be read: ${errorMessage(error)}`)
    }
  }

  /** Takes what a trusted key signed, and returns the statements that are new. On disk when it resolves. */
  async take(told: readonly SignedRevocation[]): Promise<ReleaseRevocation[]> {
    const taken: ReleaseRevocation[] = []
    for (const signed of told) {
      try {
        await this.#dependencies.keys.requireRevocation(signed)
        const revocation = decodeRevocation(signed.statement)
        if (this.#keep({ ...signed, revocation })) taken.push(revocation)
      } catch (error) {
        this.#dependencies.logger.warn(`a revocation is not taken: ${errorMessage(error)}`)
      }
    }
    if (taken.length > 0) await this.#store()
    return taken
  }

  /** Why a release must not go live; undefined when it may. */
  refusal(age: ReleaseAge): string | undefined {
    const kept = this.#byApp.get(age.app)
    return kept && isRevokedBy(age, kept.revocation) ? revocationReason(age, kept.revocation) : undefined
  }

  /** @throws {RookeryError} RELEASE_REVOKED. */
  refuse(age: ReleaseAge): void {
    const refusal = this.refusal(age)
    if (refusal !== undefined) throw new RookeryError('RELEASE_REVOKED', refusal)
  }

  /** Whether it says more than what was known. */
  #keep(next: Kept): boolean {
    const { app, releaseCreatedAtMs } = next.revocation
    const known = this.#byApp.get(app)
    if (known && known.revocation.releaseCreatedAtMs >= releaseCreatedAtMs) return false
    this.#byApp.set(app, next)
    return true
  }

  async #store(): Promise<void> {
    const stored = [...this.#byApp.values()].map(
      ({ statement, signature }): StoredRevocation => ({
        statement: Buffer.from(statement).toString('base64'),
        signature: Buffer.from(signature).toString('base64'),
      }),
    )
    await writeFileDurably(this.#file, JSON.stringify(stored), 0o600)
  }
}

/** Both as base64. */
interface StoredRevocation {
  readonly statement: string
  readonly signature: string
}
