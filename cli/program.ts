import { Command } from 'commander'
import { addAppCommands } from './commands/app/app.ts'
import { addAuditCommands } from './commands/audit/audit.ts'
import { addCountersCommand } from './commands/counter/counters.ts'
import { addDistributionCommands } from './commands/distribution/distribution.ts'
import { addDoctorCommand } from './commands/doctor/doctor.ts'
import { addEventsCommand } from './commands/event/events.ts'
import { addUpCommand } from './commands/flock/up.ts'
import { addHostCommands } from './commands/host/host.ts'
import { addIdentityCommands } from './commands/identity/identity.ts'
import { addJoinTokenCommands } from './commands/join-token/join-token.ts'
import { addLockCommands } from './commands/lock/lock.ts'
import { addLogsCommand } from './commands/log/logs.ts'
import { addLoginCommand } from './commands/login/login.ts'
import { addLogoutCommand } from './commands/login/logout.ts'
import { addQueueCommands } from './commands/queue/queue.ts'
import { addReleaseCommands } from './commands/release/release.ts'
import { addDeployCommand } from './commands/rollout/deploy.ts'
import { addRolloutCommands } from './commands/rollout/rollout.ts'
import { addFetchCommand } from './commands/swarm/fetch.ts'
import { addSeedCommand } from './commands/swarm/seed.ts'
import { addTokenCommands } from './commands/token/token.ts'
import { type Cli, defaultCoordinatorUrl } from './invocation.ts'
import { packageVersion } from './package-root.ts'

const services = `
Services, each in the foreground (rookery <service> --help tells more):
  coordinator --config FILE             plans and drives rollouts; HTTP API and dashboard
  tracker --config FILE                 tells peers of each other
  seeder --config FILE                  holds every artifact and seeds it
  agent --config FILE                   fetches, activates and supervises on a host

Exit codes: 0 done · 1 the rollout failed · 2 usage or configuration · 3 refused · 4 the coordinator is not reachable

Example:
  $ rookery up                          a whole flock on this machine, with an example app
  $ rookery deploy hello --rev main     a revision to every host`

/** The whole command line; parsing it runs the command. Throws CommanderError instead of leaving the process. */
export function createProgram(cli: Cli): Command {
  const program = new Command('rookery')
    .description('Pushes a release to every host of a fleet over BitTorrent, then restarts the fleet pool by pool.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.stdout.write(text),
      // Errors reach main as exceptions and are printed there, in one form with all others.
      writeErr: () => {},
      // A width of its own where nobody looks on, so that docs/cli.md is the same wherever it is generated.
      getOutHelpWidth: () => (cli.stdout.isTTY && cli.stdout.columns) || 80,
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .option(
      '--coordinator <url>',
      `the coordinator's HTTP API; without it the variable ROOKERY_COORDINATOR, or ${defaultCoordinatorUrl}`,
    )
    .option('--token-file <file>', 'file with the token; without it ROOKERY_TOKEN, or what rookery login keeps')
    .option('--ca-file <file>', 'authority of its certificate, as PEM; without it ROOKERY_CA_FILE, or the system’s')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', services)

  addDeployCommand(program, cli)
  addReleaseCommands(program, cli)
  addRolloutCommands(program, cli)
  addQueueCommands(program, cli)
  addLockCommands(program, cli)
  addHostCommands(program, cli)
  addJoinTokenCommands(program, cli)
  addIdentityCommands(program, cli)
  addDistributionCommands(program, cli)
  addAppCommands(program, cli)
  addLogsCommand(program, cli)
  addCountersCommand(program, cli)
  addEventsCommand(program, cli)
  addDoctorCommand(program, cli)
  addLoginCommand(program, cli)
  addLogoutCommand(program, cli)
  addTokenCommands(program, cli)
  addAuditCommands(program, cli)
  addSeedCommand(program, cli)
  addFetchCommand(program, cli)
  addUpCommand(program, cli)
  return program
}
