/**
 * `npm run bench:tree`: this project's own working tree with its installed node_modules, deployed to 8 agents over real
 * processes. Prints what it took, the peak memory of every process, and whether each host's tree is identical; exits 1 if not.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Release, Rollout } from '../proto/http/api.ts'
import { Flock, type ServiceName } from '../test/support/flock.ts'
import { treeDifferences, treeDigest } from '../test/support/tree-digest.ts'

const project = join(import.meta.dirname, '..')
const memoryBoundMb = 200
const flock = new Flock({
  pools: { web: ['web-1', 'web-2', 'web-3'], api: ['api-1', 'api-2', 'api-3'], jobs: ['jobs-1', 'jobs-2'] },
})

/** Peak resident memory in MB, as the kernel kept it. */
function peakMb(name: ServiceName): number {
  const status = readFileSync(`/proc/${flock.process(name).child.pid}/status`, 'utf8')
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) / 1024)
}

function prepare(): string {
  const tree = join(flock.directory, 'tree')
  mkdirSync(tree)
  cpSync(project, tree, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/(\.git|\.rookery|dist)$/.test(path),
  })
  writeFileSync(join(tree, 'rookery.yml'), 'app: tree\ndeploy: { path: /srv/tree }\nrollout: { maxUnavailable: 2 }\n')
  return tree
}

function report(rollout: Rollout, tree: string, artifactBytes: number): boolean {
  const expected = treeDigest(tree)
  const slowest = (values: (number | null)[]) => Math.max(...values.map((value) => value ?? 0))
  console.log(
    `${expected.size} entries; artifact ${(artifactBytes / 2 ** 20).toFixed(0)} MiB; rollout ${rollout.phase}`,
  )
  const fetchMs = slowest(rollout.hosts.map((host) => host.fetchMs))
  const allMs = rollout.endedAtMs! - rollout.createdAtMs
  console.log(
    `slowest host: fetched and unpacked in ${fetchMs} ms; from the request to the last host live: ${allMs} ms`,
  )
  let good = rollout.phase === 'done'
  for (const host of flock.hosts) {
    const differences = treeDifferences(expected, treeDigest(join(flock.hostRoot(host), 'srv/tree/current')))
    const { bytes } = rollout.hosts.find((entry) => entry.host === host)!
    const sources = `${((bytes?.fromPeers ?? 0) / 2 ** 20).toFixed(0)} MiB from peers, ${((bytes?.fromSeeder ?? 0) / 2 ** 20).toFixed(0)} from the seeder`
    console.log(
      `${host}: ${differences.length === 0 ? 'identical' : `${differences.length} differences, e.g. ${differences[0]}`}; ${sources}`,
    )
    good &&= differences.length === 0
  }
  for (const name of [
    'coordinator',
    'tracker',
    'seeder',
    ...flock.hosts.map((host) => `agent-${host}` as const),
  ] as ServiceName[]) {
    const peak = peakMb(name)
    console.log(`${name}: peak ${peak} MB${peak > memoryBoundMb ? ` (over ${memoryBoundMb})` : ''}`)
    good &&= peak <= memoryBoundMb
  }
  return good
}

try {
  await flock.start()
  const tree = prepare()
  await flock.api('PUT', '/apps/tree', { source: { directory: tree } })
  const rollout = await flock.ended(await flock.deploy({ app: 'tree' }), 600_000)
  if (rollout.reason) console.log(rollout.reason)
  const { manifest } = await flock.api<Release>('GET', `/releases/${rollout.releaseId}`)
  process.exitCode = report(rollout, tree, manifest?.artifact.bytes ?? 0) ? 0 : 1
} finally {
  await flock.stop()
}
