import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { RookeryError } from '../../../runtime/errors.ts'
import { AccessClient } from '../../api-client/access-client.ts'
import { CredentialsFile } from '../../credentials/credentials-file.ts'
import { parseTokenText, readAuthorities, readTokenFile } from '../../credentials/endpoint.ts'
import { authorityOf } from '../../credentials/fingerprint.ts'
import { action, type Cli } from '../../invocation.ts'
import { callerPhrase } from './caller.ts'

interface Trust {
  readonly caFile?: string
  readonly caFingerprint?: string
}

export function addLoginCommand(program: Command, cli: Cli): void {
  program
    .command('login')
    .description('keep a token for a coordinator in a file that only you can read')
    .option('--ca-fingerprint <sha256>', 'trust the authority behind its certificate that has this fingerprint')
    .addHelpText(
      'after',
      '\nThe token is read from --token-file, or else from the standard input.\n\nExample:\n  $ rookery login --coordinator https://deploy.example.org:7070 --ca-file ca.pem < my.token',
    )
    .action(
      action(cli, async ({ api, output, given, program }, { caFingerprint }: { caFingerprint?: string }) => {
        const { tokenFile, caFile } = given
        if (caFile !== undefined && caFingerprint !== undefined)
          throw new RookeryError('USAGE', '--ca-file and --ca-fingerprint exclude each other')
        const file = CredentialsFile.of(cli)
        if (!file) throw new RookeryError('USAGE', 'neither HOME nor XDG_CONFIG_HOME says where to keep it')
        const { url } = api.endpoint
        const token = tokenFile === undefined ? await typedToken(cli) : await readTokenFile(tokenFile)
        const authorities = await authoritiesFor(url, { caFile, caFingerprint }, api.endpoint.authorities)
        // One that is refused is not kept.
        const caller = await new AccessClient({ url, token, authorities }).whoAmI()
        await file.put(url, { token, ...(authorities !== undefined && { authorities }) })
        if (output.json) return output.object(caller)
        output.line(`logged in to ${url}: ${callerPhrase(caller)}`)
        if (program !== 'rookery' && cli.environment.ROOKERY_COORDINATOR !== given.coordinator)
          output.note(`other commands find it with --coordinator, or: export ROOKERY_COORDINATOR=${url}`)
      }),
    )
}

async function authoritiesFor(url: string, options: Trust, known: string | undefined): Promise<string | undefined> {
  if (options.caFile !== undefined) return readAuthorities(options.caFile)
  return options.caFingerprint === undefined ? known : authorityOf(url, options.caFingerprint)
}

/** Asked for without an echo at a terminal, else all that is piped in. */
async function typedToken({ stdin, stderr }: Cli): Promise<string> {
  if (!stdin.isTTY) return parseTokenText(await text(stdin), 'the standard input')
  stderr.write('token: ')
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: stdin, output: nowhere, terminal: true })
  const left = new AbortController()
  // Ctrl-C and Ctrl-D: nothing would answer the question any more.
  terminal.once('close', () => left.abort())
  try {
    const answer = await terminal.question('', { signal: left.signal }).catch(() => '')
    return parseTokenText(answer, 'the answer')
  } finally {
    terminal.close()
    stderr.write('\n')
  }
}
