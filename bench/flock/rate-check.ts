import { fileURLToPath } from 'node:url'
import { Child } from '../harness/child.ts'
import type { Network } from './network.ts'
import type { PlannedHost } from './network-plan.ts'

const script = fileURLToPath(import.meta.resolve('./rate-peer.ts'))
const port = 7999
/** Long enough that slow start and the bucket's burst matter little. */
const seconds = 3

/** Rate of one plain TCP connection between two hosts, in bits/s of payload; headers take about a hundredth at MTU 9000. */
export async function measureRate(
  network: Network,
  [from, to]: readonly [PlannedHost, PlannedHost],
  expectedBits: number,
  signal: AbortSignal,
): Promise<number> {
  const start = (host: PlannedHost, args: string[]) =>
    new Child(`rate check on ${host.name}`, network.on(host, { command: process.execPath, args: [script, ...args] }))
  const receiver = start(to, ['receive', String(port)])
  let sender: Child | undefined
  try {
    await receiver.printed((line) => line === 'listening', signal)
    let bitsPerSecond = 0
    const measured = receiver.printed(
      (line) => {
        if (!line.startsWith('{')) return false
        bitsPerSecond = (JSON.parse(line) as { bitsPerSecond: number }).bitsPerSecond
        return true
      },
      AbortSignal.any([signal, AbortSignal.timeout(seconds * 10_000)]),
    )
    sender = start(from, ['send', to.address, String(port), String(Math.round((expectedBits / 8) * seconds))])
    await measured
    return bitsPerSecond
  } finally {
    await Promise.all([receiver.kill(), sender?.kill()])
  }
}
