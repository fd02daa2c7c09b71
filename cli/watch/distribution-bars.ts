import { MultiBar, type Options, type SingleBar } from 'cli-progress'
import type { PoolProgress } from '../../proto/http/api.ts'
import { formatBytes, formatDuration } from '../terminal/format.ts'
import { type Output, shown } from '../terminal/output.ts'
import { truncated } from '../terminal/table.ts'

const barWidth = 24
const framesPerSecond = 8

/** A progress bar a pool: hosts done, bytes, rate and estimate. */
export class DistributionBars {
  readonly #multiBar: MultiBar
  readonly #bars = new Map<string, SingleBar>()
  readonly #output: Output
  #hasPrinted = false

  constructor(output: Output) {
    this.#output = output
    this.#multiBar = new MultiBar({
      stream: output.stdout,
      format: (_options, _parameters, payload) => this.#format(payload as PoolProgress),
      fps: framesPerSecond,
      hideCursor: true,
      // Signals are the command's: it says what goes on, and leaves by itself.
      gracefulExit: false,
      forceRedraw: true,
    } satisfies Options)
  }

  update(pools: readonly PoolProgress[]): void {
    for (const pool of pools) {
      const total = Math.max(1, pool.bytesTotal)
      const bar = this.#bars.get(pool.pool) ?? this.#multiBar.create(total, 0, pool)
      this.#bars.set(pool.pool, bar)
      bar.setTotal(total)
      bar.update(Math.min(pool.bytesDone, total), pool)
    }
  }

  /** A line that stays, above the bars. */
  print(text: string): void {
    this.#hasPrinted = true
    // The bars' library writes over what stood on the line: clear to its end.
    this.#multiBar.log(`${shown(text, this.#output.stdout)}\x1b[K\n`)
  }

  /** Leaves the bars on the screen as they are. */
  stop(): void {
    if (this.#bars.size === 0) return
    if (this.#hasPrinted) this.#multiBar.update()
    this.#multiBar.stop()
  }

  #format(pool: PoolProgress): string {
    const done = Math.round(shareOf(pool) * barWidth)
    const name = truncated(pool.pool, 16).padEnd(
      Math.min(16, Math.max(...[...this.#bars.keys(), pool.pool].map((key) => key.length))),
    )
    const bar = '█'.repeat(done) + '░'.repeat(barWidth - done)
    const facts = [
      `${pool.hostsFetched}/${pool.hosts} hosts`,
      ...(pool.bytesTotal > 0 ? [`${formatBytes(pool.bytesDone)} of ${formatBytes(pool.bytesTotal)}`] : []),
      ...rateAndEstimate(pool),
    ].join(' · ')
    const columns = this.#output.stdout.columns || 80
    return `  ${truncated(`${name}  ${bar}  ${facts}`, columns - 3)}`
  }
}

/** Hosts that hold the release from before have no bytes to fetch; then the hosts are counted. */
function shareOf(pool: PoolProgress): number {
  const [done, total] = pool.bytesTotal > 0 ? [pool.bytesDone, pool.bytesTotal] : [pool.hostsFetched, pool.hosts]
  return total === 0 ? 0 : Math.min(1, done / total)
}

function rateAndEstimate(pool: PoolProgress): string[] {
  if (pool.hosts > 0 && pool.hostsFetched === pool.hosts) return ['done']
  if (pool.bytesPerSecond <= 0) return []
  const remainingMs = ((pool.bytesTotal - pool.bytesDone) / pool.bytesPerSecond) * 1000
  // All bytes are there, and are being checked and unpacked.
  const estimate = remainingMs < 500 ? 'unpacking' : `${formatDuration(remainingMs)} to go`
  return [`${formatBytes(pool.bytesPerSecond)}/s`, estimate]
}
