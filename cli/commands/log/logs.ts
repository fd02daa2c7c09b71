import type { Command } from 'commander'
import type { LogEntry, LogQuery } from '../../../proto/http/api.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { parseCursor } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'
import { type LogLine, LogLineAssembler } from '../../terminal/log-lines.ts'

interface Options {
  readonly follow?: boolean
  readonly rollout?: string
  readonly release?: string
  readonly host?: string
  readonly stream?: string
  readonly after?: number
}

const pageEntries = 1_000

export function addLogsCommand(program: Command, cli: Cli): void {
  program
    .command('logs')
    .description('what builds, hooks, apps and agents wrote, in the order of its arrival')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('--rollout <id>', 'only of this rollout')
    .option('--release <id>', 'only of this release')
    .option('--host <name>', 'only of this host')
    .option('--stream <name>', 'only of this stream: build, agent, app.stdout, app.stderr, hook.preActivate, …')
    .option('--after <id>', 'only entries after this one; --json tells their ids', parseCursor)
    .addHelpText('after', '\nExample:\n  $ rookery logs -f --host web-1 --stream app.stdout')
    .action(
      action(cli, async (invocation, { follow, after = 0, ...filter }: Options) => {
        const printer = new LogPrinter(invocation)
        if (follow) await followLogs(invocation, { ...filter, after }, printer)
        else await printLogs(invocation, { ...filter, after }, printer)
        printer.finish()
      }),
    )
}

async function printLogs({ api }: Invocation, query: LogQuery, printer: LogPrinter): Promise<void> {
  for (let after = query.after; ; ) {
    const page = await api.queryLogs({ ...query, after, limit: pageEntries })
    for (const entry of page.entries) printer.print(entry)
    if (page.entries.length < pageEntries) return
    after = page.next
  }
}

async function followLogs({ api, cli, output }: Invocation, query: LogQuery, printer: LogPrinter): Promise<void> {
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
