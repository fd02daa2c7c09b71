import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { formatMoment } from '../../terminal/format.ts'
import { hostState } from './list.ts'

export function addHostShowCommand(parent: Command, cli: Cli): void {
  parent
    .command('show <host>')
    .description('one host: what it should run, what it runs, what it holds')
    .addHelpText('after', '\nExample:\n  $ rookery host show web-1')
    .action(
      action(cli, async ({ api, output, clock }, name: string) => {
        const host = await api.getHost(name)
        if (output.json) return output.object(host)
        const labels = Object.entries(host.labels).map(([key, value]) => `${key}=${value}`)
        output.line(`host       ${host.name}`)
        output.line(`pools      ${host.pools.join(', ') || '-'}`)
        output.line(`labels     ${labels.join(', ') || '-'}`)
        output.line(`state      ${hostState(host)}`)
        output.line(`last seen  ${host.missing ? 'never' : formatMoment(host.lastSeenMs, clock.now())}`)
        output.line(`agent      ${host.agentVersion || '-'}`)
        output.line()
        output.list(
          host.releases,
          [
            { heading: 'APP', value: (release) => release.app },
            { heading: 'DESIRED', value: (release) => release.desiredReleaseId ?? '-' },
            {
              heading: 'LIVE',
              value: ({ liveReleaseId, liveRevoked }) =>
                liveRevoked ? `${liveReleaseId} (revoked)` : (liveReleaseId ?? '-'),
            },
            {
              heading: 'READY',
              value: (release) => (release.ready ? output.style('green', 'yes') : output.style('red', 'no')),
            },
            { heading: 'ON DISK', value: (release) => release.heldReleaseIds.join(', ') },
          ],
          'no releases',
        )
      }),
    )
}
