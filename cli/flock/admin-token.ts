import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { FlockPlan } from './plan.ts'

/** The token that the coordinator's first start wrote into its data directory. @throws {RookeryError} FILE_UNREADABLE. */
export async function adminToken(plan: Pick<FlockPlan, 'directory'>): Promise<string> {
  try {
    return (await readFile(adminTokenFile(plan), 'utf8')).trim()
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read the flock's admin token: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}

export function adminTokenFile({ directory }: Pick<FlockPlan, 'directory'>): string {
  return join(directory, 'coordinator', 'admin-token')
}
