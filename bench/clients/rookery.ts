import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type BenchClient, jsonEvents, type PeerSetting } from './client.ts'

export const rookeryLauncher = join(import.meta.dirname, '../../bin/rookery.js')

const run = (...args: string[]) => ({ command: process.execPath, args: [rookeryLauncher, ...args] })
const output = (...args: string[]) =>
  execFileSync(process.execPath, [rookeryLauncher, ...args], { encoding: 'utf8', stdio: 'pipe' })

let help: string | undefined

/** `--zone`, where this Rookery has it. */
function zoneArgs({ zone }: PeerSetting): string[] {
  if (zone === undefined) return []
  help ??= output('fetch', '--help')
  return help.includes('--zone') ? ['--zone', zone] : []
}

export const rookery: BenchClient = {
  name: 'rookery',
  version: () => output('--version').trim(),
  seed: (setting) => {
    const { torrent, directory, fileName, port } = setting
    const path = join(directory, fileName)
    return run('seed', path, '--torrent', torrent, '--port', String(port), ...zoneArgs(setting), '--json')
  },
  fetch: (setting) => {
    const { torrent, directory, port } = setting
    return run('fetch', torrent, '-o', directory, '--port', String(port), ...zoneArgs(setting), '--seed', '--json')
  },
  ...jsonEvents,
}
