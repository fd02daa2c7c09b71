import type { ChildProcess } from 'node:child_process'
import type { CommandLine } from '../../proto/release-manifest.ts'
import { killGroup, spawnGroup } from './command-group.ts'

interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** What its standard input holds; nothing without it. */
  readonly input?: Uint8Array
  readonly deadlineMs: number
  /** Kills the command when it is aborted. */
  readonly signal: AbortSignal
  /** Most bytes it may write to either output. */
  readonly maxOutputBytes?: number
}

interface CommandEnd {
  readonly exitCode: number
  readonly stdout: Buffer
  /** The end of it, for people. */
  readonly stderr: string
}

/** Far more than a list of a hundred thousand hosts. */
const mostOutputBytes = 64 * 1024 * 1024
const keptErrorCharacters = 500

/**
 * Runs a command of the configuration to its end in a process group of its own. It gets the environment of build steps, and
 * may use the coordinator's ssh agent.
 * @throws {Error} when it cannot be started, is ended by a signal or by its deadline, or says too much.
 */
export async function runForOutput(command: CommandLine, options: CommandOptions): Promise<CommandEnd> {
  const { maxOutputBytes = mostOutputBytes } = options
  options.signal.throwIfAborted()
  const child = spawnGroup(command, { ...options, passes: ['SSH_AUTH_SOCK'] })
  const deadline = AbortSignal.timeout(options.deadlineMs)
  const stop = AbortSignal.any([deadline, options.signal])
  const onStop = () => killGroup(child)
  stop.addEventListener('abort', onStop, { once: true })
  try {
    const [stdout, stderr, { code, signal }] = await Promise.all([
      output(child, 'stdout', maxOutputBytes),
      output(child, 'stderr', maxOutputBytes),
      ended(child),
    ])
    if (deadline.aborted) throw new Error(`did not end within ${options.deadlineMs} ms and was killed`)
    if (code === null) throw new Error(`was ended by ${signal}`)
    return { exitCode: code, stdout, stderr: stderr.toString('utf8').trim().slice(-keptErrorCharacters) }
  } finally {
    stop.removeEventListener('abort', onStop)
    // What it left behind in the background goes with it.
    killGroup(child)
  }
}

async function output(child: ChildProcess, name: 'stdout' | 'stderr', maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of child[name]!) {
    bytes += (part as Buffer).length
    if (bytes > maxBytes) throw new Error(`wrote more than ${maxBytes} bytes to ${name}`)
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}
