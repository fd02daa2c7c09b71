import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'

/**
 * The apps on all hosts of a flock that run now, also on hosts that an earlier flock had and this one has not; from the
 * record each agent keeps: `<data directory>/apps/<app>/process.json` with its `process`, pid and start.
 */
export function runningApps(flockDirectory: string): ProcessIdentity[] {
  const records = globSync('hosts/*/agent/apps/*/process.json', { cwd: flockDirectory })
  return records.flatMap((record) => runningProcess(join(flockDirectory, record)) ?? [])
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
