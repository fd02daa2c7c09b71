import { readFile, rm } from 'node:fs/promises'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { findProcesses, identify, isRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'

/**
 * What is known of the app's process, on disk before and after it is started: an agent that was killed in between
 * finds the process by `instance`, which stands in its environment.
 */
export interface ProcessRecord {
  /** ROOKERY_INSTANCE of the process. */
  readonly instance: string
  readonly releaseId: string
  readonly rolloutId: string
  /** The activation it was started for; empty when it was restarted after a crash. */
  readonly attemptId: string
  readonly stopSignal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT'
  readonly stopDeadlineMs: number
  /** Null while it is being started. */
  readonly process: ProcessIdentity | null
}

export const instanceVariable = 'ROOKERY_INSTANCE'

export async function writeRecord(path: string, record: ProcessRecord): Promise<void> {
  await writeFileDurably(path, JSON.stringify(record))
}

export async function eraseRecord(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** The record of a process that still runs, with its identity; undefined when none does. */
export async function findRunning(path: string): Promise<(ProcessRecord & { process: ProcessIdentity }) | undefined> {
  const record = await read(path)
  if (!record) return undefined
  const process = record.process ?? startedByAnother(record.instance)
  return process && isRunning(process) ? { ...record, process } : undefined
}

/** The leader of the group: what it started inherits the variable. */
function startedByAnother(instance: string): ProcessIdentity | undefined {
  const leader = findProcesses({ [instanceVariable]: instance }).find(({ pid, groupId }) => pid === groupId)
  return leader && identify(leader.pid)
}

async function read(path: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessRecord
  } catch {
    return undefined
  }
}
