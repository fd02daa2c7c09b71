import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { systemClock } from '../runtime/clock.ts'
import type { Cli } from './invocation.ts'
import { createProgram } from './program.ts'

const preface = `# The command line

Generated from the commands' own help by \`npm run generate\`; do not edit.

Every command takes the global options \`--coordinator\`, \`--token-file\`, \`--ca-file\` and \`--json\`, before or after its name.
The token is never an argument, where every user of the machine could read it: \`rookery login\` keeps it in a file of yours, or it
stands in another file or in \`ROOKERY_TOKEN\` ([access.md](access.md)).
Exit codes: 0 done, 1 the rollout failed, 2 usage or configuration, 3 refused, 4 the coordinator is not reachable;
130 when Ctrl-C ended the watching of something that goes on. [errors.md](errors.md) lists every error code with its exit code.
`

/** docs/cli.md: the help of every command, in the order of the program. */
export function renderCliReference(): string {
  const cli = silentCli()
  const program = createProgram(cli.cli)
  const sections = withCommands(program, []).map(({ command, words }) => {
    const heading =
      words.length === 1 ? '## rookery' : `${'#'.repeat(Math.min(words.length + 1, 4))} ${words.join(' ')}`
    return `${heading}\n\n\`\`\`\n${cli.helpOf(command).trim()}\n\`\`\`\n`
  })
  return [preface, ...sections].join('\n')
}

function withCommands(command: Command, parents: string[]): { command: Command; words: string[] }[] {
  const words = [...parents, command.name()]
  return [{ command, words }, ...command.commands.flatMap((child) => withCommands(child, words))]
}

/** Help goes through `outputHelp`, which adds the examples; so it is caught as it is written. */
function silentCli(): { cli: Cli; helpOf: (command: Command) => string } {
  const stream = new PassThrough()
  const cli: Cli = {
    stdin: stream,
    stdout: stream,
    stderr: stream,
    // None of the caller's settings may show up as a default.
    environment: {},
    clock: systemClock,
    onStopSignal: () => () => {},
    exitCode: 0,
  }
  const helpOf = (command: Command) => {
    stream.read()
    command.outputHelp()
    return String(stream.read() ?? '')
  }
  return { cli, helpOf }
}
