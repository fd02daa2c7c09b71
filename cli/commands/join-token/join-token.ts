import type { Command } from 'commander'
import type { JoinToken } from '../../../proto/http/identity.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { collectText, parseCount, parseDuration } from '../../options.ts'
import { formatMoment, formatTime } from '../../terminal/format.ts'

interface CreateOptions {
  readonly pool?: readonly string[]
  readonly anyPool?: boolean
  readonly service?: string
  readonly uses?: number
  readonly expires?: number
}

export function addJoinTokenCommands(program: Command, cli: Cli): void {
  const joinToken = program
    .command('join-token')
    .description('let hosts and services join the fleet')
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery join-token create --pool web --uses 20 --expires 1h > web.join-token',
    )
  addCreateCommand(joinToken, cli)

  joinToken
    .command('list')
    .description('join tokens, newest first; never the tokens themselves')
    .addHelpText('after', '\nExample:\n  $ rookery join-token list')
    .action(
      action(cli, async ({ api, output, clock }) => {
        const now = clock.now()
        output.list(
          await api.listJoinTokens(),
          [
            { heading: 'ID', value: ({ id }) => id },
            { heading: 'FOR', value: subjectOf },
            { heading: 'USED', value: ({ uses, maxUses }) => `${uses}/${maxUses}` },
            { heading: 'STATE', value: (token) => stateOf(token, now) },
            { heading: 'CREATED', value: ({ createdAtMs }) => formatMoment(createdAtMs, now) },
            { heading: 'BY', value: ({ createdBy }) => createdBy },
          ],
          'there is no join token',
        )
      }),
    )

  joinToken
    .command('revoke <id>')
    .description('nobody joins with it any more; who has joined stays')
    .addHelpText('after', '\nExample:\n  $ rookery join-token revoke 4f2a9c1d2e4f')
    .action(
      action(cli, async ({ api, output }, id: string) => {
        const revoked = await api.revokeJoinToken(id)
        if (output.json) return output.object(revoked)
        output.line(`join token ${id} is revoked`)
      }),
    )
}

function addCreateCommand(parent: Command, cli: Cli): void {
  parent
    .command('create')
    .description('make a join token and print it, this once, on standard output')
    .option('--pool <pool>', 'for hosts that serve in this pool; may be repeated', collectText)
    .option('--any-pool', 'for hosts, whatever their pools')
    .option('--service <service>', 'for the tracker or the seeder')
    .option('--uses <count>', 'how many may join with it (default: 1)', parseCount)
    .option('--expires <duration>', 'until when it counts, at most 31d (default: 1h)', parseDuration)
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery join-token create --pool web --uses 20 > web.join-token\n  $ rookery join-token create --service seeder > seeder.join-token',
    )
    .action(
      action(cli, async ({ api, output, clock }, options: CreateOptions) => {
        const { pool, anyPool, service, uses, expires } = options
        if ([pool, anyPool, service].filter((given) => given !== undefined).length !== 1)
          throw new RookeryError('USAGE', 'give one of --pool, --any-pool and --service')
        if (service !== undefined && service !== 'tracker' && service !== 'seeder')
          throw new RookeryError('USAGE', `--service ${service}: tracker or seeder`)
        const made = await api.createJoinToken({
          ...(service === undefined ? { pools: anyPool ? ('*' as const) : [...pool!] } : { service }),
          ...{ uses, expiresInMs: expires },
        })
        if (output.json) return output.object(made)
        output.line(made.token)
        output.note(
          `for ${subjectOf(made)}, ${made.maxUses === 1 ? 'once' : `${made.maxUses} times`}, until ${formatTime(made.expiresAtMs, clock.now())}`,
        )
      }),
    )
}

function subjectOf({ service, pools }: Pick<JoinToken, 'service' | 'pools'>): string {
  if (service !== null) return `the ${service}`
  return pools === '*' || pools === null ? 'hosts of any pool' : `hosts of ${pools.join(', ')}`
}

function stateOf(token: JoinToken, nowMs: number): string {
  if (token.revokedAtMs !== null) return 'revoked'
  if (token.uses >= token.maxUses) return 'used up'
  return token.expiresAtMs <= nowMs ? 'expired' : `until ${formatTime(token.expiresAtMs, nowMs)}`
}
