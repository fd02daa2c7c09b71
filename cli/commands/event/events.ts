import type { Command } from 'commander'
import type { ApiEvent } from '../../../proto/http/api.ts'
import type { Timer } from '../../../runtime/clock.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { parseCursor } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'

interface Options {
  readonly follow?: boolean
  readonly rollout?: string
  readonly after?: number
}

/** The stream of stored events has no end mark; after so much silence all of them have been told. */
const quietMs = 1_000

export function addEventsCommand(program: Command, cli: Cli): void {
  program
    .command('events')
    .description('what happened to releases, rollouts and hosts')
    .option('-f, --follow', 'go on with what happens from now on')
    .option('--rollout <id>', 'only of this rollout')
    .option('--after <id>', 'only events after this one; without -f from the first, with -f from now on', parseCursor)
    .addHelpText('after', '\nExample:\n  $ rookery events -f --json')
    .action(
      action(cli, async (invocation, options: Options) => {
        const stopped = new AbortController()
        const release = cli.onStopSignal(() => stopped.abort())
        try {
          await printEvents(invocation, options, stopped)
        } finally {
          release()
        }
      }),
    )
}

async function printEvents(invocation: Invocation, options: Options, stopped: AbortController): Promise<void> {
  const { api, clock, output } = invocation
  const after = options.after ?? (options.follow ? undefined : 0)
  const stream = api.followEvents(
    { rollout: options.rollout },
    { signal: stopped.signal, lastEventId: after === undefined ? undefined : String(after) },
  )
  let quiet: Timer | undefined
  let isLost = false
  for await (const followed of stream) {
    if (followed.kind === 'lost') {
      // To print what there is makes no sense without a coordinator; to follow does, it will come back.
      if (!options.follow) throw followed.error
      if (!isLost) output.note(`${followed.error.message}; trying again`)
      isLost = true
      continue
    }
    isLost = false
    if (followed.kind === 'item') printEvent(invocation, followed.item)
    if (options.follow) continue
    quiet?.cancel()
    quiet = clock.after(quietMs, () => stopped.abort())
  }
  quiet?.cancel()
}

function printEvent({ output, clock }: Invocation, event: ApiEvent): void {
  if (output.json) return output.object(event)
  if (event.type === 'rollout.progress') return
  const about = [event.app, event.rolloutId, event.host].filter((part) => part !== null).join(' ')
  const time = output.style('dim', formatTime(event.atMs, clock.now()))
  output.line(`${time} ${event.type.padEnd(17)} ${about} ${output.foreign(detail(event))}`.trimEnd())
}

/** The scalar facts of an event, as `name=value`. */
function detail(event: ApiEvent): string {
  return Object.entries(event.data)
    .flatMap(([key, value]) => {
      if (value === null || value === '' || key === 'host') return []
      if (key === 'failure') return [`failure=${JSON.stringify((value as { message?: string }).message)}`]
      return typeof value === 'object' ? [] : [`${key}=${value}`]
    })
    .join(' ')
}
