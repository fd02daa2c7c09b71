import { type Command, Option } from 'commander'
import { type Role, roles } from '../../../proto/http/access.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { AccessClient } from '../../api-client/access-client.ts'
import { action, type Cli } from '../../invocation.ts'
import { collectText, parseDuration } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'

interface Options {
  readonly role: Role
  readonly app?: string[]
  readonly expires?: number
  /** False with --no-expiry. */
  readonly expiry: boolean
}

export function addTokenCreateCommand(parent: Command, cli: Cli): void {
  parent
    .command('create <name>')
    .description('make a token; it is printed once, and only its hash is kept')
    .addOption(
      new Option('--role <role>', 'viewer reads, deployer deploys some apps too, admin does everything')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--app <name>', 'what a deployer may deploy; may be repeated, and * is every app', collectText)
    .option('--expires <duration>', 'how long it is good for, such as 12h or 30d; 90d without it', parseDuration)
    .option('--no-expiry', 'it is good until it is revoked')
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery token create ci --role deployer --app hello --expires 30d > ci.token',
    )
    .action(
      action(cli, async ({ api, output, clock }, name: string, { role, app, expires, expiry }: Options) => {
        if (!expiry && expires !== undefined)
          throw new RookeryError('USAGE', '--expires and --no-expiry exclude each other')
        const expiresInMs = expiry ? expires && Math.round(expires) : null
        const apps = app?.includes('*') ? '*' : app
        const created = await new AccessClient(api.endpoint).createToken({ name, role, apps, expiresInMs })
        if (output.json) return output.object(created)
        // Alone on its stream, so that it can be piped to where it belongs.
        output.line(created.token)
        const end =
          created.expiresAtMs === null ? 'until it is revoked' : `until ${formatTime(created.expiresAtMs, clock.now())}`
        output.note(`token ${created.id} (${name}) is good ${end}; it is not shown again`)
      }),
    )
}
