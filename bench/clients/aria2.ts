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
  // It says nothing by itself before it stops seeding; this is run with the download's id, file count and path.
  '--on-bt-download-complete=/bin/echo',
  `--listen-port=${port}`,
  '-d',
  directory,
  torrent,
]

const program = 'aria2c'

const run = (...args: string[]) => ({ command: program, args })

export const aria2: BenchClient = {
  name: program,
  version: () =>
    /^aria2 version (\S+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' }))![1]!,
  seed: (setting) => run('--check-integrity=true', ...shared(setting)),
  fetch: (setting) => run(...shared(setting)),
  // It verifies first, then listens.
  isSeeding: (line) => line.includes('listening on TCP port'),
  isDone: (line) => /^[0-9a-f]{16} 1 /.test(line),
}
