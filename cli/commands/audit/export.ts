import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { errorMessage, RookeryError } from '../../../runtime/errors.ts'
import { AccessClient } from '../../api-client/access-client.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseCursor } from '../../options.ts'

interface Options {
  readonly output?: string
  readonly after?: number
}

export function addAuditExportCommand(parent: Command, cli: Cli): void {
  parent
    .command('export')
    .description('the whole audit log as JSON lines, oldest first')
    .option('-o, --output <file>', 'a file only you can read; the standard output without it')
    .option('--after <number>', 'only entries behind this one; a check needs them all', parseCursor)
    .addHelpText('after', '\nExample:\n  $ rookery audit export -o audit.jsonl && rookery audit verify audit.jsonl')
    .action(
      action(cli, async ({ api, output }, { output: file, after }: Options) => {
        const response = await new AccessClient(api.endpoint).exportAudit({ after })
        const lines = Readable.fromWeb(response.body as never)
        try {
          if (file === undefined) await pipeline(lines, output.stdout, { end: false })
          else await pipeline(lines, createWriteStream(file, { mode: 0o600 }))
        } catch (error) {
          throw new RookeryError('UNREACHABLE', `the audit log was not exported to its end: ${errorMessage(error)}`, {
            cause: error,
          })
        }
      }),
    )
}
