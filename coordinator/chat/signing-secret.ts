import { readFile } from 'node:fs/promises'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'

/**
 * The chat's signing secret; undefined when none is configured.
 * @throws {RookeryError} FILE_UNREADABLE; CONFIG_INVALID when the file is empty.
 */
export async function loadSigningSecret(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `chat.signingSecretFile: cannot read ${file}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
  if (text.trim() !== '') return text.trim()
  throw new RookeryError('CONFIG_INVALID', `chat.signingSecretFile: ${file} holds no secret`)
}
