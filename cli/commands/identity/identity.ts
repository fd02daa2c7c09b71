import type { Command } from 'commander'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatTime } from '../../terminal/format.ts'

export function addIdentityCommands(program: Command, cli: Cli): void {
  const identity = program
    .command('identity')
    .description('who has a certificate of the fleet')
    .addHelpText('after', '\nExample:\n  $ rookery identity revoke host web-3 --reason "stolen disk"')

  identity
    .command('list')
    .description('hosts and services with their newest certificates')
    .addHelpText('after', '\nExample:\n  $ rookery identity list')
    .action(
      action(cli, async ({ api, output, clock }) => {
        const now = clock.now()
        output.list(
          await api.listIdentities(),
          [
            { heading: 'KIND', value: ({ kind }) => kind },
            { heading: 'NAME', value: ({ name }) => name },
            { heading: 'POOLS', value: ({ pools }) => (pools === '*' || pools === null ? '' : pools.join(',')) },
            {
              heading: 'STATE',
              value: ({ revokedAtMs, notAfterMs }) =>
                revokedAtMs === null ? `until ${formatTime(notAfterMs, now)}` : output.style('red', 'revoked'),
            },
            { heading: 'SERIAL', value: ({ serial }) => serial },
            { heading: 'REASON', value: ({ reason }) => reason ?? '' },
          ],
          'nobody has joined yet',
        )
      }),
    )

  identity
    .command('revoke <kind> <name>')
    .description('none of its certificates counts any more: its connections end within seconds')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nExample:\n  $ rookery identity revoke host web-3 --reason "stolen disk"')
    .action(
      action(cli, async ({ api, output }, kind: string, name: string, options: { reason?: string }) => {
        if (kind !== 'host' && kind !== 'service') throw new RookeryError('USAGE', `${kind}: host or service`)
        await api.revokeIdentity(kind, name, options.reason)
        if (output.json) return output.object({ kind, name, revoked: true })
        output.line(`${kind} ${name} is revoked; to come back it needs a new join token`)
      }),
    )
}
