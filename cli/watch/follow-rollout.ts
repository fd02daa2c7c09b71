import type { Rollout } from '../../proto/http/api.ts'
import { exitCodes } from '../../runtime/errors.ts'
import type { Invocation } from '../invocation.ts'
import { JsonRolloutView } from './json-view.ts'
import { PlainRolloutView } from './plain-view.ts'
import { hasEnded } from './state.ts'
import { summaryLines } from './summary.ts'
import { TerminalRolloutView } from './terminal-view.ts'
import { type RolloutView, watchRollout } from './watcher.ts'

/** Shells report 128 + the signal's number for a program that a signal ended; SIGINT is 2. */
export const interruptedExitCode = 130

/** How many of a failed host's last log lines are shown with the summary. */
const failureLogLines = 8

/** Shows a rollout until it ends, then the summary; resolves with the exit code. Ctrl-C ends only the watching. */
export async function followRollout(invocation: Invocation, rollout: Rollout, buildLog: boolean): Promise<number> {
  const stopped = new AbortController()
  const release = invocation.cli.onStopSignal(() => stopped.abort())
  try {
    const ended = await showRollout(invocation, { rolloutId: rollout.id, buildLog, signal: stopped.signal })
    if (!ended) return tellHowToGoOn(invocation, rollout.id)
    await tellEnd(invocation, ended)
    return ended.phase === 'done' ? exitCodes.done : exitCodes.rolloutFailed
  } finally {
    release()
  }
}

/** Shows a rollout live, without a summary; resolves with undefined when the signal stopped it. */
export async function showRollout(
  invocation: Invocation,
  options: { rolloutId: string; buildLog: boolean; signal: AbortSignal },
): Promise<Rollout | undefined> {
  const { api, clock } = invocation
  return watchRollout(options, { api, clock, view: createView(invocation) })
}

/** The end of a rollout: JSON, or the summary with the last log lines of what failed. */
export async function tellEnd(invocation: Invocation, rollout: Rollout): Promise<void> {
  const { output } = invocation
  if (output.json) return output.object(rollout)
  if (output.isTerminal) output.line()
  const [result, ...rest] = summaryLines(rollout, invocation.program)
  output.line(output.style(rollout.phase === 'done' ? 'green' : 'red', result ?? ''))
  for (const line of rest) output.line(line)
  const failed = rollout.hosts.find((host) => host.state === 'failed')
  if (rollout.phase !== 'done' && failed) await showLastLines(invocation, rollout.id, failed.host)
}

/** For a rollout that nobody watches: where it stands and how to watch it. */
export function tellStarted({ output, program }: Invocation, rollout: Rollout): void {
  if (output.json) return output.object(rollout)
  const state = hasEnded(rollout) ? 'has ended' : `is ${rollout.phase}`
  output.line(`rollout ${rollout.id} of ${rollout.app} ${state}`)
  output.line(`  watch it: ${program} rollout watch ${rollout.id}`)
}

function createView({ output, clock }: Invocation): RolloutView {
  if (output.json) return new JsonRolloutView(output)
  return output.isTerminal ? new TerminalRolloutView(output, clock) : new PlainRolloutView(output, clock)
}

function tellHowToGoOn({ output, program }: Invocation, id: string): number {
  output.note(`\nStopped watching. Rollout ${id} goes on.`)
  output.note(`  watch it again: ${program} rollout watch ${id}`)
  output.note(`  abort it:       ${program} rollout abort ${id}`)
  return interruptedExitCode
}

async function showLastLines({ api, output }: Invocation, rolloutId: string, host: string): Promise<void> {
  const { entries } = await api.queryLogs({ rollout: rolloutId, host, limit: 10_000 }).catch(() => ({ entries: [] }))
  const lines = entries.flatMap((entry) => entry.text.split('\n').map((text) => `${entry.stream}: ${text}`))
  const last = lines.filter((line) => !line.endsWith(': ')).slice(-failureLogLines)
  if (last.length > 0) output.line(`  the last lines of ${host}:`)
  for (const line of last) output.line(output.style('dim', `    ${output.foreign(line)}`))
}
