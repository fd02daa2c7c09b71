import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface CommandLine {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Lines kept to show when the process fails. */
const keptLines = 15

/** A process under measurement: its lines are watched for what it reports. */
export class Child {
  readonly name: string
  readonly #child: ChildProcess
  readonly #tail: string[] = []
  readonly #watchers: ((line: string) => void)[] = []
  readonly #ended: Promise<unknown>

  constructor(name: string, { command, args, env }: CommandLine) {
    this.name = name
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#ended = once(this.#child, 'exit').catch((error) => this.#onLine(String(error)))
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface({ input: stream }).on('line', (line) => this.#onLine(line))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /**
   * Resolves with the time (performance.now(), ms) at which a line came that `isAwaited` accepts.
   * @throws {Error} when the process ends without it; the signal's reason when it is aborted.
   */
  printed(isAwaited: (line: string) => boolean, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason)
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      this.#watchers.push((line) => {
        if (isAwaited(line)) resolve(performance.now())
      })
      this.#ended.then(() => reject(new Error(`${this.name} ended early:\n${this.#tail.join('\n')}`)))
    })
  }

  /** Resolves when it is gone. Nothing it holds is worth a graceful end: its files are removed anyway. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #onLine(line: string): void {
    if (this.#tail.push(line) > keptLines) this.#tail.shift()
    for (const watcher of this.#watchers) watcher(line)
  }
}
