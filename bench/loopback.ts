/**
 * `npm run bench:loopback`: how fast one peer fetches from one other, and what it costs, of Rookery and of others in turn.
 * bench/README.md tells what is measured; `--help` the options.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findProcesses } from '../runtime/process-identity.ts'
import { eventually } from '../test/support/eventually.ts'
import { freePorts } from '../test/support/free-ports.ts'
import { installed } from './clients/clients.ts'
import { makeArtifact } from './harness/artifact.ts'
import { Child } from './harness/child.ts'
import { machine } from './harness/cpu.ts'
import { interruptible, progress } from './harness/interruption.ts'
import { lockBenches } from './harness/lock.ts'
import { saveResult } from './harness/results.ts'
import { isTrackerReady, trackerCommand } from './harness/tracker.ts'
import { makeCertificates } from './loopback/certificates.ts'
import { type LoopbackOptions, parseOptions } from './loopback/options.ts'
import { formatLoopback, type LoopbackResult } from './loopback/report.ts'
import { type Transfer, transfer } from './loopback/transfer.ts'

/** Variable by which a later run knows the processes of one that was killed. */
const marker = 'ROOKERY_BENCH_LOOPBACK'

async function measure(options: LoopbackOptions, work: string, signal: AbortSignal): Promise<LoopbackResult> {
  const { clients, skipped } = installed(options.clients)
  const { sizeBytes, pieceLengthBytes, runs } = options
  const [port, controlPort, seeder, fetcher] = (await freePorts(4)) as [number, number, number, number]
  const announce = `http://127.0.0.1:${port}/announce`
  const artifact = await makeArtifact({ directory: work, sizeBytes, pieceLengthBytes, tracker: announce }, signal)
  const { infoHash } = artifact
  const command = await trackerCommand({ directory: work, host: '127.0.0.1', port, controlPort, infoHash })
  const tracker = new Child('tracker', command)
  const certificates = options.transport === 'plain' ? undefined : await makeCertificates(work)
  const contenders = clients.flatMap((client) => {
    if (!client.client.speaksTls) return [{ ...client, isTls: false }]
    return [false, true]
      .filter((isTls) => options.transport === 'both' || isTls === (options.transport === 'tls'))
      .map((isTls) => ({ ...client, isTls }))
  })
  const transfers = contenders.map((): Transfer[] => [])
  try {
    await tracker.printed(isTrackerReady, AbortSignal.any([signal, AbortSignal.timeout(30_000)]))
    const control = `http://127.0.0.1:${controlPort}/v1/torrents`
    // A client that was killed never said that it stopped: the tracker would name it to the next one.
    const forget = async () => {
      await fetch(`${control}/${infoHash}`, { method: 'DELETE', signal })
      await fetch(`${control}/${infoHash}`, { method: 'PUT', signal })
    }
    const isKnown = () =>
      eventually('the tracker knows the seeder', async () => {
        const [swarm] = (await (await fetch(control, { signal })).json()) as { seeders: number }[]
        return swarm && swarm.seeders > 0
      }).then(() => {})
    for (let run = 0; run < runs; run++) {
      const order = contenders.map((contender, index) => ({ contender, index }))
      for (const { contender, index } of run % 2 === 0 ? order : order.toReversed()) {
        await forget()
        const { client, isTls } = contender
        const name = `${contender.name}${isTls ? ', TLS' : ''}`
        const sides = { ports: { seeder, fetcher }, certificates: isTls ? certificates : undefined }
        const measured = await transfer(client, { ...artifact, sizeBytes }, sides, isKnown, signal).catch(
          (error: Error) => {
            signal.throwIfAborted()
            progress(`run ${run + 1} of ${runs}: ${name} failed: ${error.message}`)
          },
        )
        if (!measured) continue
        transfers[index]!.push(measured)
        const rate = (sizeBytes / 2 ** 20 / measured.seconds).toFixed(0)
        progress(`run ${run + 1} of ${runs}: ${name} ${rate} MiB/s${measured.isWhole ? '' : ', FILE WRONG'}`)
      }
    }
  } finally {
    await tracker.kill()
  }
  return {
    kind: 'loopback',
    measuredAt: new Date().toISOString().slice(0, 10),
    machine: machine(),
    scenario: { sizeBytes, pieceLengthBytes, runs },
    clients: contenders.map(({ name, version, isTls }, index) => ({
      client: name,
      version,
      isTls,
      transfers: transfers[index]!,
    })),
    skipped,
  }
}

await interruptible(async (signal) => {
  const options = parseOptions(process.argv.slice(2))
  const lock = lockBenches()
  const work = join(options.directory, 'rookery-bench-loopback.work')
  try {
    // What a run that was killed has left: the lock tells that none goes on.
    for (const { pid } of findProcesses({ [marker]: work })) process.kill(pid, 'SIGKILL')
    process.env[marker] = work
    await rm(work, { recursive: true, force: true })
    await mkdir(work, { recursive: true })
    const result = await measure(options, work, signal)
    console.log(options.json ? JSON.stringify(result) : formatLoopback(result))
    if (options.save) await saveResult(options.save, result)
  } finally {
    await rm(work, { recursive: true, force: true })
    lock.release()
  }
})
