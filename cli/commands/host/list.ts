import type { Command } from 'commander'
import type { Host } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatMoment } from '../../terminal/format.ts'

export function addHostListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('every host, its pools and what it runs')
    .option('--pool <name>', 'only hosts of this pool')
    .addHelpText('after', '\nExample:\n  $ rookery host list --pool web')
    .action(
      action(cli, async ({ api, output, clock }, options: { pool?: string }) => {
        const now = clock.now()
        const hosts = await api.listHosts()
        output.list(
          options.pool === undefined ? hosts : hosts.filter((host) => host.pools.includes(options.pool ?? '')),
          [
            { heading: 'HOST', value: (host) => host.name },
            { heading: 'POOLS', value: (host) => host.pools.join(',') },
            { heading: 'STATE', value: (host) => output.style(host.connected ? 'green' : 'red', hostState(host)) },
            { heading: 'RUNS', value: runs },
            { heading: 'AGENT', value: (host) => host.agentVersion || '-' },
            { heading: 'LAST SEEN', value: (host) => (host.missing ? 'never' : formatMoment(host.lastSeenMs, now)) },
          ],
          'no hosts: no agent has connected yet',
        )
      }),
    )
}

export function hostState(host: Host): string {
  if (host.missing) return 'missing'
  const connection = host.connected ? 'connected' : 'away'
  return host.drained ? `${connection}, drained` : connection
}

function runs(host: Host): string {
  const live = host.releases.filter((release) => release.liveReleaseId !== null)
  return live.map((release) => `${release.liveReleaseId}${release.ready ? '' : ' (not ready)'}`).join(', ') || '-'
}
