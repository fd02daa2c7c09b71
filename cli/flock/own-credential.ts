import { errorMessage } from '../../runtime/errors.ts'
import { AccessClient } from '../api-client/access-client.ts'
import type { Endpoint } from '../api-client/http.ts'
import { CredentialsFile } from '../credentials/credentials-file.ts'
import type { Cli } from '../invocation.ts'
import type { FlockPlan } from './plan.ts'

interface Dependencies {
  readonly cli: Pick<Cli, 'environment'>
  readonly report: (text: string) => void
}

/** What a flock left in the user's credentials, until its end. */
export interface OwnCredential {
  /** Whether commands without a token of their own reach the flock. */
  readonly isFound: boolean
  remove(): Promise<void>
}

/**
 * Puts the flock's admin token where the user's other commands look for it. Credentials of the user's own for the same URL
 * stay when the flock's coordinator takes them; else they belong to another one, step aside and come back at the end.
 */
export async function keepOwnCredential(
  { coordinatorUrl: url, directory }: FlockPlan,
  token: string,
  { cli, report }: Dependencies,
): Promise<OwnCredential> {
  const nothing = async () => {}
  const file = CredentialsFile.of(cli)
  try {
    if (!file) return { isFound: false, remove: nothing }
    const earlier = await file.find(url)
    if (earlier && earlier.flock === undefined && (await isTaken({ url, token: earlier.token })))
      return { isFound: (await file.fault()) === undefined, remove: nothing }
    // Of a flock that was killed, nothing but what it displaced is worth keeping.
    const displaced = earlier?.flock === undefined ? earlier : earlier.displaced
    await file.put(url, { token, flock: directory, ...(displaced && { displaced }) })
  } catch (error) {
    report(`the flock's token is not kept for your other commands: ${errorMessage(error)}`)
    return { isFound: false, remove: nothing }
  }
  return { isFound: true, remove: () => putBack(file, url, directory).catch((error) => report(errorMessage(error))) }
}

/** Somebody may have logged in there meanwhile, or another flock have taken the URL. */
async function putBack(file: CredentialsFile, url: string, directory: string): Promise<void> {
  const now = await file.find(url)
  if (now?.flock !== directory) return
  if (now.displaced) await file.put(url, now.displaced)
  else await file.remove(url)
}

async function isTaken(endpoint: Endpoint): Promise<boolean> {
  return new AccessClient(endpoint).whoAmI().then(
    () => true,
    () => false,
  )
}
