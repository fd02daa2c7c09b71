import { type Command, CommanderError } from 'commander'
import { RookeryError, toRookeryError } from '../runtime/errors.ts'
import { type Cli, systemCli } from './invocation.ts'
import { createProgram } from './program.ts'
import { shown } from './terminal/output.ts'

/** Runs `rookery <args>` and resolves with the exit code of DESIGN's contract. */
export async function main(args: readonly string[], cli: Cli = systemCli()): Promise<number> {
  // For good: a write that fails is told after the command has ended.
  cli.stdout.on('error', leaveQuietly)
  const program = createProgram(cli)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return cli.exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const error = thrown instanceof CommanderError ? usageError(thrown, program, args) : toRookeryError(thrown)
    printError(error, args.includes('--json'), cli)
    return error.kind.exitCode
  }
}

function printError(error: RookeryError, asJson: boolean, cli: Cli): void {
  const { code, message, issues } = error
  cli.stderr.write(
    asJson
      ? `${JSON.stringify({ error: { code, message, issues } })}\n`
      : `${shown(`rookery: ${message} (${code})`, cli.stderr)}\n`,
  )
  if (code === 'INTERNAL' && cli.environment.ROOKERY_DEBUG && error.cause instanceof Error) {
    cli.stderr.write(`${error.cause.stack}\n`)
  }
}

function usageError(error: CommanderError, program: Command, args: readonly string[]): RookeryError {
  const message = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '')
  const sentence = message.replaceAll('\n', ' ').replace(/\.$/, '')
  return new RookeryError('USAGE', `${sentence}; see ${commandPath(program, args)} --help`)
}

/** The words of `args` that name a command: `rookery rollout list` of `rollout list --limit x`. */
function commandPath(program: Command, args: readonly string[]): string {
  const names = [program.name()]
  let command = program
  for (const word of args) {
    command = command.commands.find((child) => child.name() === word) ?? command
    if (command.name() === word) names.push(word)
  }
  return names.join(' ')
}

/** `rookery logs | head` closes our output, which is no failure. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}
