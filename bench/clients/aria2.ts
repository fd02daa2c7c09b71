import { execFileSync } from 'node:child_process'
import type { BenchClient, PeerSetting } from './client.ts'

const shared = ({ torrent, directory, port }: PeerSetting) => [
  '--no-conf',
  '--enable-dht=false',
  '--enable-dht6=false',
  '--disable-ipv6=true',
  '--bt-enable-lpd=false',
  '--enable-peer-exchange=false',
  '--file-allocation=none',
  '--summary-interval=0',
  '--show-console-readout=false',
  '--console-log-level=notice',
  // Its seeder dials nobody: the fetchers must ask the tracker again to hear of it.
  '--bt-tracker-interval=1',
  '--seed-ratio=0.0',
  `--listen-port=${port}`,
  '-d',
  directory,
  torrent,
]

const run = (...args: string[]) => ({ command: 'aria2c', args })

export const aria2: BenchClient = {
  name: 'aria2c',
  version: () =>
    /^aria2 version (\S+)/.exec(execFileSync('aria2c', ['--version'], { encoding: 'utf8', stdio: 'pipe' }))![1]!,
  seed: (setting) => run('--check-integrity=true', ...shared(setting)),
  fetch: (setting) => run(...shared(setting)),
  isSeeding: (line) => line.includes('Verification finished successfully'),
  isDone: (line) => line.includes('Download complete'),
}
