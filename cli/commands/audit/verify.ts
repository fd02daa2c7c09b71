import { open } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { ChainCheck } from '../../../proto/audit-chain.ts'
import type { AuditEntry, AuditVerification } from '../../../proto/http/access.ts'
import { errorMessage, exitCodes, RookeryError } from '../../../runtime/errors.ts'
import { AccessClient } from '../../api-client/access-client.ts'
import { action, type Cli } from '../../invocation.ts'

interface Anchor {
  readonly number: number
  readonly hash: string
}

export function addAuditVerifyCommand(parent: Command, cli: Cli): void {
  parent
    .command('verify [file]')
    .description('compute every hash of the audit log again: the coordinator’s, or an exported file without one')
    .option('--anchor <number:hash>', 'and it must hold this entry, as the coordinator’s log said earlier', parseAnchor)
    .addHelpText(
      'after',
      '\nExit codes: 0 it is whole, 1 it is not.\n\nExample:\n  $ rookery audit verify audit.jsonl --anchor 120:9f86d081…',
    )
    .action(
      action(cli, async ({ api, output }, file: string | undefined, { anchor }: { anchor?: Anchor }) => {
        const client = new AccessClient(api.endpoint)
        const { anchored, ...found } =
          file === undefined ? await ofCoordinator(client, anchor) : await ofFile(file, anchor)
        const verification = anchor && found.ok ? withAnchor(found, anchor, anchored) : found
        if (output.json) output.object(verification)
        else output.line(sentence(verification))
        return verification.ok ? exitCodes.done : exitCodes.rolloutFailed
      }),
    )
}

type Found = AuditVerification & {
  /** The hash of the entry with the anchor's number. */
  readonly anchored: string | undefined
}

async function ofCoordinator(client: AccessClient, anchor: Anchor | undefined): Promise<Found> {
  const verification = await client.verifyAudit()
  return { ...verification, anchored: anchor && (await client.findAuditEntry(anchor.number))?.hash }
}

/** Line by line, so that a file may be larger than memory. */
async function ofFile(path: string, anchor: Anchor | undefined): Promise<Found> {
  const check = new ChainCheck()
  let anchored: string | undefined
  try {
    const file = await open(path)
    for await (const line of file.readLines()) {
      const entry = entryOf(line)
      if (!entry) check.breakAt(check.nextNumber, 'its line is not an entry: it was changed, or cut')
      if (!entry || !check.add(entry)) break
      if (entry.number === anchor?.number) anchored = entry.hash
    }
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  }
  return { ...check.result, anchored }
}

function withAnchor(
  found: AuditVerification,
  { number, hash }: Anchor,
  anchored: string | undefined,
): AuditVerification {
  if (anchored === hash) return found
  const detail =
    anchored === undefined
      ? 'it is missing: the end was cut off'
      : 'it is another than it was: the log was written anew'
  return { ...found, ok: false, broken: { number, detail } }
}

function sentence({ ok, entries, head, broken }: AuditVerification): string {
  const count = entries === 1 ? '1 entry' : `${entries} entries`
  if (ok) return head ? `✓ ${count}, unbroken; the last is ${head.number}:${head.hash}` : '✓ nothing is recorded yet'
  return `✗ entry ${broken?.number}: ${broken?.detail}; ${count} before it ${entries === 1 ? 'is' : 'are'} whole`
}

function entryOf(line: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const isEntry = typeof value === 'object' && value !== null && 'number' in value && 'hash' in value
    return isEntry ? (value as AuditEntry) : undefined
  } catch {
    return undefined
  }
}

function parseAnchor(text: string): Anchor {
  const [, number, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? []
  if (number === undefined || hash === undefined)
    throw new InvalidArgumentError('Give a number, a colon and 64 hex digits, as the coordinator’s log has them.')
  return { number: Number(number), hash }
}
