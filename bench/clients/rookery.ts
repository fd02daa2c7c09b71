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

function tlsArgs({ tls }: PeerSetting): string[] {
  return tls ? ['--certificate', tls.certificate, '--key', tls.key, '--authority', tls.authority] : []
}

const commonArgs = (setting: PeerSetting) => [
  ...['--port', String(setting.port)],
  ...zoneArgs(setting),
  ...tlsArgs(setting),
  '--json',
]

export const rookery: BenchClient = {
  name: 'rookery',
  speaksTls: true,
  version: () => output('--version').trim(),
  seed: (setting) => {
    const { torrent, directory, fileName } = setting
    return run('seed', join(directory, fileName), '--torrent', torrent, ...commonArgs(setting))
  },
  fetch: (setting) => {
    const { torrent, directory } = setting
    return run('fetch', torrent, '-o', directory, '--seed', ...commonArgs(setting))
  },
  ...jsonEvents,
}
