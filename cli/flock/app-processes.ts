import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessIdentity } from './process-identity.ts'

/**
 * The apps that an agent supervises and that run now, from the record the agent keeps of each:
 * `<data directory>/apps/<app>/process.json` with the pid and the start that identify it.
 */
export function runningApps(agentDirectory: string): ProcessIdentity[] {
  const directory = join(agentDirectory, 'apps')
  return appNames(directory).flatMap((app) => runningProcess(join(directory, app, 'process.json')) ?? [])
}

function runningProcess(file: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
    const identity = { pid, startedAt }
    return isRunning(identity) ? identity : undefined
  } catch {
    // Never started, or being written at this moment.
    return undefined
  }
}

function appNames(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
