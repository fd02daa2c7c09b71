import type { Command } from 'commander'
import { exitCodes } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'

export function addReleaseVerifyCommand(parent: Command, cli: Cli): void {
  parent
    .command('verify <release>')
    .description(
      'check the stored artifact, torrent and manifest against each other and the signature; exit code 1 if one is wrong',
    )
    .addHelpText('after', '\nExample:\n  $ rookery release verify hello-4f2a9c1d2e')
    .action(
      action(cli, async ({ api, output }, id: string) => {
        const verification = await api.verifyRelease(id)
        if (output.json) output.object(verification)
        else {
          for (const check of verification.checks) {
            output.line(
              `${check.ok ? output.style('green', '✓') : output.style('red', '✗')} ${check.name}: ${check.detail}`,
            )
          }
          output.line(`release ${verification.releaseId} is ${verification.ok ? 'intact' : 'corrupt'}`)
        }
        return verification.ok ? exitCodes.done : exitCodes.rolloutFailed
      }),
    )
}
