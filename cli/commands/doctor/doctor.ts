import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { collectText } from '../../options.ts'
import type { Output } from '../../terminal/output.ts'
import { type Check, checkCoordinator } from './coordinator-checks.ts'
import { checkFleet, type FleetOptions } from './fleet-checks.ts'

interface Options extends FleetOptions {
  readonly fleet?: boolean
}

export function addDoctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('what is wrong: with the coordinator, or with every host')
    .option('--fleet', 'compare every host with what it should be')
    .option('--digests', 'with --fleet: have hosts compare the files of live releases with what was unpacked')
    .option('--host <name>', 'only this host; may be repeated', collectText)
    .option('--repair', 'begin to repair what can be')
    .addHelpText(
      'after',
      '\n--digests, --host and --repair imply --fleet. Exit codes: 0 all is well, 1 something is not.\n\nExample:\n  $ rookery doctor --fleet --digests --host web-1',
    )
    .action(
      action(cli, async (invocation, options: Options) => {
        const { checks, exitCode } = await checkCoordinator(invocation)
        for (const check of checks) showCheck(invocation.output, check)
        const isReached = checks.some(({ check, ok }) => check === 'token' && ok)
        const { fleet, digests, host, repair } = options
        if (!isReached || !(fleet || digests || host || repair)) return exitCode
        return Math.max(exitCode, await checkFleet(invocation, options))
      }),
    )
}

function showCheck(output: Output, check: Check): void {
  if (output.json) return output.object(check)
  const mark = check.ok ? output.style('green', '✓') : output.style('red', '✗')
  output.line(`${mark} ${check.check}: ${check.detail}${check.advice === null ? '' : `; ${check.advice}`}`)
}
