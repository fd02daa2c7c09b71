import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { CommandLine } from '../../proto/release-manifest.ts'

/** What every command sees of the coordinator's own environment; never its tokens, sockets or keys. */
const inheritedVariables = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'USER',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]

interface GroupOptions {
  readonly directory?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Names of further variables of the coordinator's own that are passed on. */
  readonly passes?: readonly string[]
  /** What its standard input holds; nothing without it. */
  readonly input?: Uint8Array
}

/** Starts a command in a process group of its own, so that it can be ended with whatever it started. */
export function spawnGroup(
  command: CommandLine,
  { directory, environment, passes = [], input }: GroupOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  const [file, ...args] = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  const options = { cwd: directory, env: { ...inheritedEnvironment(passes), ...environment }, detached: true }
  if (input === undefined) return spawn(file!, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const child = spawn(file!, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  // One that does not read to the end says by its exit code whether that matters.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return child as unknown as ChildProcessByStdio<null, Readable, Readable>
}

/** Ends all that is left of the command. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}

function inheritedEnvironment(passes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    [...inheritedVariables, ...passes].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  )
}
