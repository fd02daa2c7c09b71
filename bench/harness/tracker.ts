import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { rookeryLauncher } from '../clients/rookery.ts'
import type { CommandLine } from './child.ts'

interface TrackerOptions {
  /** Its configuration and data are made here. */
  readonly directory: string
  /** Address and TCP port of announces. */
  readonly host: string
  readonly port: number
  /** TCP port of its control API on 127.0.0.1. */
  readonly controlPort: number
  readonly infoHash: string
}

/** Rookery's own tracker with its usual interval, which every client here accepts. */
export async function trackerCommand(options: TrackerOptions): Promise<CommandLine> {
  const { directory, host, port, controlPort, infoHash } = options
  const dataDirectory = join(directory, 'tracker')
  await mkdir(dataDirectory, { recursive: true })
  // The file in which the tracker remembers what was admitted.
  await writeFile(join(dataDirectory, 'admitted.json'), JSON.stringify([infoHash]))
  const config = join(directory, 'tracker.yml')
  // Beyond loopback it would ask for certificates, which other clients do not show.
  const announce = { host, httpPort: port, udpPort: port, plain: true }
  await writeFile(config, stringify({ announce, listen: { port: controlPort }, dataDirectory }))
  return { command: process.execPath, args: [rookeryLauncher, 'tracker', '--config', config] }
}

export const isTrackerReady = (line: string) => line.includes('"msg":"ready"')
