import type { Command } from 'commander'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { ApiClient } from './api-client/client.ts'
import { findEndpoint } from './credentials/endpoint.ts'
import { Output, type TerminalStream } from './terminal/output.ts'

export const defaultCoordinatorUrl = 'http://127.0.0.1:7070'

/** The process around the command line; a test gives its own. */
export interface Cli {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: TerminalStream
  readonly stderr: TerminalStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Calls `stop` at SIGINT and SIGTERM until it is released; the returned function releases it. */
  readonly onStopSignal: (stop: (signal: NodeJS.Signals) => void) => () => void
  exitCode: number
}

/** What a command works with. */
export interface Invocation {
  readonly output: Output
  readonly api: ApiClient
  readonly clock: Clock
  readonly cli: Cli
  /** How this command line calls itself in what it proposes: `rookery --coordinator http://…`. */
  readonly program: string
  /** Options that every command takes, as they were given. */
  readonly given: GlobalOptions
}

interface GlobalOptions {
  readonly coordinator?: string
  readonly tokenFile?: string
  readonly caFile?: string
  readonly json?: boolean
}

export function systemCli(): Cli {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    clock: systemClock,
    onStopSignal,
    exitCode: 0,
  }
}

/**
 * A commander action: `run` gets the invocation, then what commander gives (operands, options).
 * A number it resolves with is the exit code; anything else is 0.
 */
export function action<A extends unknown[]>(
  cli: Cli,
  run: (invocation: Invocation, ...args: A) => Promise<unknown>,
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command
    const invocation = await createInvocation(cli, command.optsWithGlobals<GlobalOptions>())
    const result = await run(invocation, ...(args.slice(0, -1) as A))
    cli.exitCode = typeof result === 'number' ? result : 0
  }
}

async function createInvocation(cli: Cli, options: GlobalOptions): Promise<Invocation> {
  const url = options.coordinator ?? cli.environment.ROOKERY_COORDINATOR ?? defaultCoordinatorUrl
  const isGiven = options.coordinator !== undefined && options.coordinator !== defaultCoordinatorUrl
  const output = new Output({ json: options.json ?? false }, cli)
  return {
    output,
    api: new ApiClient(await findEndpoint({ ...options, url }, cli, (text) => output.note(text))),
    clock: cli.clock,
    cli,
    given: options,
    program: isGiven ? `rookery --coordinator ${options.coordinator}` : 'rookery',
  }
}

function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  // A second signal while we stop must not kill us half way, so the listener stays until it is released.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  return () => {
    for (const signal of signals) process.off(signal, stop)
  }
}
