import { PassThrough } from 'node:stream'
import type { Cli } from '../../cli/invocation.ts'
import { main } from '../../cli/main.ts'
import { systemClock } from '../../runtime/clock.ts'

interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

interface Settings {
  readonly environment?: Record<string, string>
  /** All that is typed or piped into it. */
  readonly stdin?: string
  /** Size of the terminal that stdout is; none without it. */
  readonly terminal?: { readonly columns: number; readonly rows: number }
}

/** A `rookery` under way, in this process, with streams of its own. */
export class CommandLine {
  readonly ended: Promise<Run>
  #stdout = ''
  #stderr = ''
  #stop: ((signal: NodeJS.Signals) => void) | undefined
  #waiting: (() => void)[] = []

  constructor(args: readonly string[], settings: Settings = {}) {
    const stdout = Object.assign(new PassThrough(), settings.terminal && { isTTY: true, ...settings.terminal })
    const stderr = new PassThrough()
    stdout.on('data', (chunk) => this.#heard(() => (this.#stdout += String(chunk))))
    stderr.on('data', (chunk) => this.#heard(() => (this.#stderr += String(chunk))))
    const stdin = new PassThrough()
    stdin.end(settings.stdin ?? '')
    const cli: Cli = {
      stdin,
      stdout,
      stderr,
      environment: settings.environment ?? {},
      clock: systemClock,
      onStopSignal: (stop) => {
        this.#stop = stop
        return () => {}
      },
      exitCode: 0,
    }
    this.ended = main(args, cli).then((exitCode) => ({ exitCode, stdout: this.#stdout, stderr: this.#stderr }))
  }

  /** Resolves once stdout and stderr together hold `text`; rejects when the command ends without it. */
  async printed(text: string): Promise<void> {
    let run: Run | undefined
    void this.ended.then((result) => {
      run = result
      this.#heard(() => {})
    })
    while (!(this.#stdout + this.#stderr).includes(text)) {
      if (run) throw new Error(`ended without "${text}": ${JSON.stringify(run)}`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#stop?.('SIGINT')
  }

  #heard(take: () => void): void {
    take()
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

export function rookery(args: readonly string[], settings?: Settings): Promise<Run> {
  return new CommandLine(args, settings).ended
}
