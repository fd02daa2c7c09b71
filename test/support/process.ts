import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A `rookery …` command as a process of its own, its output collected. */
export class RookeryProcess {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''

  /** @param options.namespace of the network in which it runs. */
  constructor(
    args: readonly string[],
    options: { env?: Record<string, string>; cwd?: string; namespace?: string } = {},
  ) {
    const prefix = options.namespace === undefined ? [] : ['ip', 'netns', 'exec', options.namespace]
    const [command, ...rest] = [...prefix, process.execPath, join(root, 'bin/rookery.js'), ...args]
    this.child = spawn(command!, rest, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stdout!.on('data', (data) => {
      this.stdout += data
    })
    this.child.stderr!.on('data', (data) => {
      this.stderr += data
    })
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Resolves when it has ended and all its output was read. */
  async ended(): Promise<Outcome> {
    if (this.running || !this.child.stdout!.readableEnded) await once(this.child, 'close')
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.running) return
    const exited = once(this.child, 'exit')
    this.child.kill(signal)
    await exited
  }
}

export async function rookery(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Outcome> {
  return new RookeryProcess(args, options).ended()
}
