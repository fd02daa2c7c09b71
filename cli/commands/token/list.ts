import type { Command } from 'commander'
import type { ApiToken } from '../../../proto/http/access.ts'
import { AccessClient } from '../../api-client/access-client.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatMoment, formatTime } from '../../terminal/format.ts'

export function addTokenListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('tokens, oldest first; never the tokens themselves')
    .addHelpText('after', '\nExample:\n  $ rookery token list')
    .action(
      action(cli, async ({ api, output, clock }) => {
        const now = clock.now()
        output.list(
          await new AccessClient(api.endpoint).listTokens(),
          [
            { heading: 'ID', value: ({ id }) => id },
            { heading: 'NAME', value: ({ name }) => name },
            { heading: 'ROLE', value: roleOf },
            { heading: 'STATE', value: (token) => stateOf(token, now) },
            {
              heading: 'LAST USED',
              value: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? 'never' : formatMoment(lastUsedAtMs, now)),
            },
            { heading: 'CREATED', value: ({ createdAtMs }) => formatMoment(createdAtMs, now) },
            { heading: 'BY', value: ({ createdBy }) => createdBy },
          ],
          'there is no token',
        )
      }),
    )
}

function roleOf({ role, apps }: ApiToken): string {
  if (apps === null) return role
  return `${role} of ${apps === '*' ? 'all apps' : apps.join(', ')}`
}

function stateOf({ revokedAtMs, expiresAtMs }: ApiToken, nowMs: number): string {
  if (revokedAtMs !== null) return `revoked ${formatTime(revokedAtMs, nowMs)}`
  if (expiresAtMs === null) return 'good until revoked'
  return `${expiresAtMs <= nowMs ? 'expired' : 'good until'} ${formatTime(expiresAtMs, nowMs)}`
}
