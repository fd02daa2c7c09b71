import type { Clock } from '../../runtime/clock.ts'
import { clockTime } from '../terminal/format.ts'
import { LiveBlock } from '../terminal/live-block.ts'
import type { LogLine } from '../terminal/log-lines.ts'
import type { Output } from '../terminal/output.ts'
import { batchLines } from './batch-lines.ts'
import { DistributionBars } from './distribution-bars.ts'
import { hasEnded, poolProgress, type WatchState } from './state.ts'
import type { RolloutView } from './watcher.ts'
import { phaseSentence } from './wording.ts'

/** What stands at the bottom of the screen: nothing, the bars of the distribution, or the batches. */
type Stage = { kind: 'lines' } | { kind: 'bars'; bars: DistributionBars } | { kind: 'batches'; block: LiveBlock }

/** The rollout on a terminal: the build's output, then a bar a pool, then the batches, redrawn in place. */
export class TerminalRolloutView implements RolloutView {
  readonly showsLog = true
  readonly #output: Output
  readonly #clock: Clock
  #stage: Stage = { kind: 'lines' }

  constructor(output: Output, clock: Clock) {
    this.#output = output
    this.#clock = clock
  }

  event(): void {}

  update(state: WatchState, previous: WatchState | undefined): void {
    const { phase } = state.rollout
    if (phase !== previous?.rollout.phase || state.behind !== previous.behind) this.#enterPhase(state, previous)
    this.#show(state)
  }

  log(lines: readonly LogLine[]): void {
    for (const line of lines) this.#print(this.#output.style('dim', `  | ${this.#output.foreign(line.text)}`))
  }

  notice(text: string): void {
    this.#print(this.#output.style('yellow', `${clockTime(this.#clock.now())} ${text}`))
  }

  close(): void {
    if (this.#stage.kind === 'bars') this.#stage.bars.stop()
    if (this.#stage.kind === 'batches') this.#stage.block.release()
    this.#stage = { kind: 'lines' }
  }

  #enterPhase(state: WatchState, previous: WatchState | undefined): void {
    const { phase } = state.rollout
    if (this.#stage.kind === 'bars' && phase !== 'paused') {
      // The bars stay on the screen as they end, so they must show the end.
      this.#stage.bars.update(poolProgress(state))
      this.close()
    }
    // A pause and the way back are no new stage; and the end is told by the summary, below what is on the screen.
    const isEnd = hasEnded(state.rollout)
    if (!isEnd) this.#print(`${this.#output.style('bold', clockTime(this.#clock.now()))} ${phaseSentence(state)}`)
    if (phase === 'distributing' && this.#stage.kind === 'lines') {
      this.#stage = { kind: 'bars', bars: new DistributionBars(this.#output) }
    }
    const wasActivating = state.rollout.batches.length > 0 && previous?.rollout.phase === 'activating'
    if ((phase === 'activating' || (isEnd && wasActivating)) && this.#stage.kind === 'lines') {
      this.#stage = { kind: 'batches', block: new LiveBlock(this.#output) }
    }
  }

  #show(state: WatchState): void {
    if (this.#stage.kind === 'bars') this.#stage.bars.update(poolProgress(state))
    if (this.#stage.kind === 'batches') this.#stage.block.draw(batchLines(state, this.#stage.block.maxLines))
  }

  #print(text: string): void {
    if (this.#stage.kind === 'bars') this.#stage.bars.print(text)
    else if (this.#stage.kind === 'batches') this.#stage.block.print(text)
    else this.#output.line(text)
  }
}
