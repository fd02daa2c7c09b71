import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import { runForOutput } from '../process/run-command.ts'

interface Options {
  /** A program and its arguments. */
  readonly command: readonly string[]
  readonly deadlineMs: number
  /** Takes secrets out of what the command said. */
  readonly redact: (text: string) => string
  readonly signal?: AbortSignal
}

const signatureBytes = 64
/** A signature, and what a talkative tool says beside it. */
const maxOutputBytes = 64 * 1024

/**
 * Has an external command sign: the bytes on its standard input, the signature on its standard output, raw or as base64.
 * @throws {RookeryError} SIGNING_FAILED with the end of its standard error; the signal's reason when aborted.
 */
export async function signByCommand(bytes: Uint8Array, options: Options): Promise<Uint8Array> {
  const { command, deadlineMs, redact, signal = new AbortController().signal } = options
  const failed = (what: string) => new RookeryError('SIGNING_FAILED', `the signing command ${command[0]} ${what}`)
  try {
    const settings = { input: bytes, deadlineMs, signal, maxOutputBytes }
    const { exitCode, stdout, stderr } = await runForOutput([...command], settings)
    const said = stderr === '' ? '' : `: ${redact(stderr)}`
    if (exitCode !== 0) throw failed(`ended with exit code ${exitCode}${said}`)
    const signature = signatureOf(stdout)
    if (!signature)
      throw failed(`wrote ${stdout.length} bytes that are no signature, neither 64 bytes nor base64${said}`)
    return signature
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof RookeryError) throw error
    throw failed(errorMessage(error))
  }
}

function signatureOf(output: Buffer): Uint8Array | undefined {
  if (output.length === signatureBytes) return output
  const text = output.toString('latin1').replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]{86}(==)?$/.test(text)) return undefined
  return Buffer.from(text, 'base64')
}
