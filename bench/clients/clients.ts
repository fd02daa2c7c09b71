import { progress } from '../harness/interruption.ts'
import { aria2 } from './aria2.ts'
import type { BenchClient, ClientName } from './client.ts'
import { libtorrent } from './libtorrent.ts'
import { rookery } from './rookery.ts'
import { webtorrent } from './webtorrent.ts'

const all: Readonly<Record<ClientName, BenchClient>> = { rookery, libtorrent, aria2c: aria2, webtorrent }

export interface Installed {
  readonly clients: readonly { readonly name: ClientName; readonly version: string; readonly client: BenchClient }[]
  readonly skipped: readonly { readonly client: ClientName; readonly reason: string }[]
}

/** Those that can run here; of the others, why not. */
export function installed(names: readonly ClientName[]): Installed {
  const clients: Installed['clients'][number][] = []
  const skipped: Installed['skipped'][number][] = []
  for (const name of names) {
    try {
      clients.push({ name, version: all[name].version(), client: all[name] })
    } catch (error) {
      const reason = `not installed (${String((error as Error).message).split('\n', 1)[0]})`
      skipped.push({ client: name, reason })
      progress(`${name} is skipped: ${reason}`)
    }
  }
  return { clients, skipped }
}
