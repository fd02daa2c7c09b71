import type { Clock } from '../../runtime/clock.ts'
import { clockTime, formatBytes } from '../terminal/format.ts'
import type { LogLine } from '../terminal/log-lines.ts'
import type { Output } from '../terminal/output.ts'
import { hasEnded, poolProgress, type WatchState } from './state.ts'
import type { RolloutView } from './watcher.ts'
import { hostChange, phaseSentence } from './wording.ts'

/** A log file gets a line a pool this often while the artifact is on its way; every change of a host anyway. */
const progressPeriodMs = 5_000

/** One line a change, for logs, pipes and continuous integration. */
export class PlainRolloutView implements RolloutView {
  readonly showsLog = true
  readonly #output: Output
  readonly #clock: Clock
  #nextProgressMs: number

  constructor(output: Output, clock: Clock) {
    this.#output = output
    this.#clock = clock
    this.#nextProgressMs = clock.monotonicMs() + progressPeriodMs
  }

  event(): void {}

  update(state: WatchState, previous: WatchState | undefined): void {
    const isNews = sentence(state) !== (previous && sentence(previous))
    if (isNews && !hasEnded(state.rollout)) this.#line(sentence(state))
    this.#showBatches(state, previous)
    const before = new Map(previous?.rollout.hosts.map((host) => [host.host, host.state]))
    for (const host of state.rollout.hosts) {
      if (before.get(host.host) === host.state) continue
      const change = hostChange(host)
      if (change !== undefined) this.#line(change)
    }
    if (state.progress !== previous?.progress) this.#showProgress(state)
  }

  log(lines: readonly LogLine[]): void {
    for (const line of lines) this.#output.line(`${clockTime(line.entry.atMs)}   | ${this.#output.foreign(line.text)}`)
  }

  notice(text: string): void {
    this.#output.note(`${clockTime(this.#clock.now())} ${text}`)
  }

  close(): void {}

  #showBatches(state: WatchState, previous: WatchState | undefined): void {
    if (state.rollout.phase !== 'activating') return
    const started = startedBatches(previous)
    for (const number of startedBatches(state)) {
      if (started.has(number)) continue
      const names = state.rollout.batches[number - 1] ?? []
      this.#line(`batch ${number} of ${state.rollout.batches.length}: ${names.join(', ')}`)
    }
  }

  #showProgress(state: WatchState): void {
    if (this.#clock.monotonicMs() < this.#nextProgressMs || state.rollout.phase !== 'distributing') return
    this.#nextProgressMs = this.#clock.monotonicMs() + progressPeriodMs
    for (const pool of poolProgress(state)) {
      const bytes = `${formatBytes(pool.bytesDone)} of ${formatBytes(pool.bytesTotal)}`
      this.#line(
        `${pool.pool}: ${pool.hostsFetched}/${pool.hosts} hosts, ${bytes}, ${formatBytes(pool.bytesPerSecond)}/s`,
      )
    }
  }

  #line(text: string): void {
    this.#output.line(`${clockTime(this.#clock.now())} ${text}`)
  }
}

/** The end is told by the summary; a count of batches that still grows is no news. */
function sentence(state: WatchState): string {
  return state.rollout.phase === 'activating'
    ? `activating ${state.rollout.releaseId ?? ''}`.trimEnd()
    : phaseSentence(state)
}

function startedBatches(state: WatchState | undefined): Set<number> {
  const numbers = new Set<number>()
  for (const host of state?.rollout.hosts ?? []) {
    if (host.batch !== null && (host.state === 'activating' || host.state === 'ready')) numbers.add(host.batch)
  }
  return numbers
}
