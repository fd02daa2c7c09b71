import { type Options, SingleBar } from 'cli-progress'
import type { TransferProgress } from '../../../swarm/index.ts'
import type { Invocation } from '../../invocation.ts'
import { formatBytes } from '../../terminal/format.ts'

/** Shows how far a fetch is, every `periodMs`. */
export interface ProgressView {
  readonly periodMs: number
  show(progress: TransferProgress): void
  end(progress: TransferProgress): void
}

/** A bar on a terminal, JSON objects with `--json`, else a plain line from time to time. */
export function createProgressView(invocation: Invocation, name: string): ProgressView {
  if (invocation.output.json) return jsonView(invocation)
  return invocation.output.isTerminal ? barView(invocation, name) : lineView(invocation, name)
}

function jsonView({ output }: Invocation): ProgressView {
  const show = ({ state, bytesDone, bytesTotal, peers }: TransferProgress) =>
    output.object({ event: 'progress', state, bytesDone, bytesTotal, peers })
  return { periodMs: 1_000, show, end: () => {} }
}

function lineView({ output }: Invocation, name: string): ProgressView {
  const show = (progress: TransferProgress) => {
    const { bytesDone, bytesTotal, peers } = progress
    const share = Math.floor((100 * bytesDone) / bytesTotal)
    output.line(`${name}: ${share} % of ${formatBytes(bytesTotal)}, ${peerCount(peers)}`)
  }
  return { periodMs: 5_000, show, end: () => {} }
}

function barView({ output, clock }: Invocation, name: string): ProgressView {
  const options: Options & { stream: NodeJS.WritableStream } = {
    format: `${name} [{bar}] {percentage} % of {size}, {rate}/s, {peers}`,
    stream: output.stdout,
    hideCursor: true,
    // Who cleans up at Ctrl-C is the command, which has a session to stop.
    gracefulExit: false,
  }
  const bar = new SingleBar(options)
  const startedMs = clock.monotonicMs()
  let isStarted = false
  const show = (progress: TransferProgress) => {
    const seconds = Math.max(0.001, (clock.monotonicMs() - startedMs) / 1000)
    const received = progress.bytesFromPeers + progress.bytesFromSeeder
    const payload = {
      size: formatBytes(progress.bytesTotal),
      rate: formatBytes(received / seconds),
      peers: peerCount(progress.peers),
    }
    if (!isStarted) bar.start(progress.bytesTotal, progress.bytesDone, payload)
    else bar.update(progress.bytesDone, payload)
    isStarted = true
  }
  return {
    periodMs: 200,
    show,
    end: (progress) => {
      show(progress)
      bar.stop()
    },
  }
}

function peerCount(peers: number): string {
  return peers === 1 ? '1 peer' : `${peers} peers`
}
