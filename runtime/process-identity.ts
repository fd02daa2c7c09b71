import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; differs for any two processes of one pid, also across a reboot. */
  readonly startedAt: string
}

const onLinux = process.platform === 'linux'

/** Undefined when no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = onLinux ? startOf(pid) : startByPs(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt
}

/** Whether a process of the group is alive. One that has ended and only waits for its parent is not. */
export function groupIsAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (!onLinux) return true
  return allPids().some((pid) => {
    const stat = statOf(pid)
    return stat !== undefined && Number(stat.fields[2]) === groupId && !stat.ended
  })
}

/** Living processes whose environment holds all of `variables`. Sees only what the kernel lets us read; Linux only. */
export function findProcesses(variables: Readonly<Record<string, string>>): { pid: number; groupId: number }[] {
  const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  return allPids().flatMap((pid) => {
    const stat = statOf(pid)
    if (!stat || stat.ended) return []
    const environment = new Set(readProc(pid, 'environ')?.split('\0') ?? [])
    return wanted.every((entry) => environment.has(entry)) ? [{ pid, groupId: Number(stat.fields[2]) }] : []
  })
}

function allPids(): number[] {
  if (!onLinux) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** The start in clock ticks since the boot (proc(5), field 22 of stat), with the boot's id. */
function startOf(pid: number): string | undefined {
  const stat = statOf(pid)
  if (!stat || stat.ended) return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${stat.fields[19]}`
}

/** The fields of stat from the third on: the command's name before them, in parentheses, may hold anything. */
function statOf(pid: number): { fields: string[]; ended: boolean } | undefined {
  const stat = readProc(pid, 'stat')
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { fields, ended: fields[0] === 'Z' || fields[0] === 'X' }
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return undefined
  }
}

function startByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}
