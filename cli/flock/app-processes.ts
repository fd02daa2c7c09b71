import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessIdentity } from './process-identity.ts'

/**
 * The apps that an agent supervises and that run now, from the record the agent keeps of each:
 * `<data directory>/apps/<app>/process.json` with its `process`: pid and start.
 */
export function runningApps(agentDirectory: string): ProcessIdentity[] {
  const directory = join(agentDirectory, 'apps')
  return appNames(directory).flatMap((app) => runningProcess(join(directory, app, 'process.json')) ?? [])
}

function runningProcess(file: string): ProcessIdentity | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as { process?: ProcessIdentity }
    return record.process && isRunning(record.process) ? record.process : undefined
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
