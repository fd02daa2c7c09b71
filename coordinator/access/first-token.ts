import { join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { ApiTokens } from './api-tokens.ts'

interface Dependencies {
  readonly tokens: ApiTokens
  readonly logger: Logger
}

/**
 * Makes the first admin token of a coordinator that never had a token, and writes it to `admin-token` in the data
 * directory: who can read that, can read the signing key too. It does not expire, or an operator who is away for three
 * months would be locked out.
 */
export async function makeFirstToken(dataDirectory: string, { tokens, logger }: Dependencies): Promise<void> {
  if (await tokens.hasAny()) return
  const file = join(dataDirectory, 'admin-token')
  await tokens.create(
    { name: 'first admin', role: 'admin', createdBy: 'rookery', lifeMs: null },
    // A token that nobody can read would be the only one for ever.
    (text) => writeFileDurably(file, `${text}\n`, 0o600),
  )
  logger.info({ file }, 'no token existed; the first admin token is in this file')
}
