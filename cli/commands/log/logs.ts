import { type Command, Option } from 'commander'
import type { LogEntry, LogStreamQuery } from '../../../proto/http/logs.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { logLevels } from '../../../runtime/log-level.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { parseCount, parseCursor, parseMoment } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'
import { type LogLine, LogLineAssembler } from '../../terminal/log-lines.ts'
import { readPages, readTail } from './pages.ts'

interface Options {
  readonly follow?: boolean
  readonly rollout?: string
  readonly release?: string
  readonly app?: string
  readonly host?: string
  readonly pool?: string
  readonly stream?: string
  readonly level?: LogStreamQuery['level']
  readonly grep?: string
  readonly regex?: boolean
  readonly since?: string
  readonly until?: string
  readonly tail?: number
  readonly after?: number
}

/** So many lines come first for somebody who wants to see what is written from now on. */
const followedLines = 10

export function addLogsCommand(program: Command, cli: Cli): void {
  program
    .command('logs')
    .description('what builds, hooks, apps and agents wrote, in the order of its arrival')
    .option(
      '-f, --follow',
      `go on with what is written from now on, after the last ${followedLines} lines or what is asked for`,
    )
    .option('--rollout <id>', 'only of this rollout')
    .option('--release <id>', 'only of this release')
    .option('--app <name>', 'only of this app')
    .option('--host <name>', 'only of this host')
    .option('--pool <name>', 'only of hosts that serve in this pool')
    .option('--stream <name>', 'only of this stream: build, agent, app.stdout, app.stderr, hook.preActivate, …')
    .addOption(
      new Option('--level <name>', 'only lines of this level or above, and those that tell none').choices(logLevels),
    )
    .option('--grep <text>', 'only lines that hold this text')
    .option('--regex', 'the text of --grep is a regular expression, as JavaScript has them')
    .option('--since <when>', 'only what was written since: 10m, 2h, or a time such as 2026-01-31T10:00')
    .option('--until <when>', 'only what was written before then')
    .option('--tail <lines>', 'only the last so many lines', parseCount)
    .option('--after <id>', 'only entries after this one; --json tells their ids', parseCursor)
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery logs -f --pool web --level warn\n  $ rookery logs --since 10m --grep "GET /pay" --stream app.stdout',
    )
    .action(
      action(cli, async (invocation, options: Options) => {
        const printer = new LogPrinter(invocation)
        const query = queryOf(options, invocation.clock.now())
        const after = options.after ?? (await printTail(invocation, query, options, printer))
        if (options.follow) await follow(invocation, { ...query, after }, printer)
        else if (options.tail === undefined) await readPages(invocation, { ...query, after }, printer)
        printer.finish()
      }),
    )
}

/** Prints the last lines where they are asked for. @returns the entry behind which what follows begins. */
async function printTail(
  invocation: Invocation,
  query: LogStreamQuery,
  { tail, follow: isFollowed, rollout, release, since }: Options,
  printer: LogPrinter,
): Promise<number> {
  const isWhole = !isFollowed || rollout !== undefined || release !== undefined || since !== undefined
  const lines = tail ?? (isWhole ? undefined : followedLines)
  return lines === undefined ? 0 : readTail(invocation, query, lines, printer)
}

function queryOf({ grep, since, until, regex, ...options }: Options, nowMs: number): LogStreamQuery {
  if (regex && grep === undefined) throw new RookeryError('USAGE', '--regex says how to read --grep; give both')
  if (options.tail !== undefined && options.after !== undefined)
    throw new RookeryError('USAGE', 'give either --tail or --after')
  const { follow: _, tail: __, after: ___, ...filter } = options
  return {
    ...filter,
    ...(grep !== undefined && { text: grep, regex }),
    ...(since !== undefined && { fromMs: parseMoment(since, nowMs) }),
    ...(until !== undefined && { toMs: parseMoment(until, nowMs) }),
  }
}

async function follow({ api, cli, output }: Invocation, query: LogStreamQuery, printer: LogPrinter): Promise<void> {
  const stopped = new AbortController()
  const release = cli.onStopSignal(() => stopped.abort())
  let isLost = false
  try {
    for await (const followed of api.followLogs(query, { signal: stopped.signal })) {
      if (followed.kind === 'item') printer.print(followed.item)
      else if (followed.kind === 'lost' && !isLost) output.note(`${followed.error.message}; trying again`)
      isLost = followed.kind === 'lost'
    }
  } finally {
    release()
  }
}

class LogPrinter {
  readonly #invocation: Invocation
  readonly #assembler = new LogLineAssembler()

  constructor(invocation: Invocation) {
    this.#invocation = invocation
  }

  print(entry: LogEntry): void {
    if (this.#invocation.output.json) return this.#invocation.output.object(entry)
    for (const line of this.#assembler.add(entry)) this.#line(line)
  }

  finish(): void {
    for (const line of this.#assembler.flush()) this.#line(line)
  }

  #line({ entry, text }: LogLine): void {
    const { output, clock } = this.#invocation
    const origin = [formatTime(entry.atMs, clock.now()), entry.host || 'coordinator', entry.stream].join(' ')
    output.line(`${output.style('dim', `${origin} |`)} ${output.foreign(text)}`)
  }
}
