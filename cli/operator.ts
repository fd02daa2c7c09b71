import { userInfo } from 'node:os'
import type { Cli } from './invocation.ts'

/** Who gives a command, for the record: ROOKERY_USER, else the login name, else undefined. */
export function operatorName({ environment }: Pick<Cli, 'environment'>): string | undefined {
  return environment.ROOKERY_USER || loginName()
}

/** A user id without an entry in the system's list has no name. */
function loginName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}
