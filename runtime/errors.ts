/** Exit codes of the command line; DESIGN's contract, so tests hold on to them. */
export const exitCodes = { done: 0, rolloutFailed: 1, usage: 2, refused: 3, unreachable: 4 } as const

export interface ErrorKind {
  /** HTTP status of the problem document (RFC 9457). */
  readonly status: number
  /** Exit code of a command that ends with this error. */
  readonly exitCode: number
  /** Whether the same call can succeed later without anybody changing anything. */
  readonly retryable: boolean
  readonly meaning: string
}

const kind = (status: number, exitCode: number, retryable: boolean, meaning: string): ErrorKind => ({
  status,
  exitCode,
  retryable,
  meaning,
})

/**
 * Every error a user can meet, by its stable code. docs/errors.md is generated from this table;
 * it is the one place that maps a code to an HTTP status and an exit code.
 */
export const errorKinds = {
  // usage and configuration
  USAGE: kind(400, exitCodes.usage, false, 'The command line is not understood.'),
  CONFIG_INVALID: kind(
    400,
    exitCodes.usage,
    false,
    'A configuration file, variable or flag is wrong; file, line, column and field are named.',
  ),
  REQUEST_INVALID: kind(
    400,
    exitCodes.usage,
    false,
    'A request body, parameter or query does not fit the schema; the field is named.',
  ),
  PORT_IN_USE: kind(500, exitCodes.usage, false, 'Another process listens on the configured port.'),
  NOT_FOUND: kind(404, exitCodes.usage, false, 'The named app, release, rollout or host does not exist.'),
  FILE_UNREADABLE: kind(400, exitCodes.usage, false, 'A named file or directory does not exist or cannot be read.'),
  // refusals
  IDENTITY_INVALID: kind(
    403,
    exitCodes.refused,
    false,
    'A certificate, join token or signing request is not one of this fleet, is used up, expired or revoked.',
  ),
  UNAUTHORIZED: kind(401, exitCodes.refused, false, 'The call bears no valid token.'),
  FORBIDDEN: kind(
    403,
    exitCodes.refused,
    false,
    'Who calls is known, and may not do this; the detail says what it needs.',
  ),
  RATE_LIMITED: kind(429, exitCodes.refused, true, 'Too many calls; the header Retry-After says when to come back.'),
  DATA_DIR_LOCKED: kind(409, exitCodes.refused, false, 'Another process uses the same data directory.'),
  CONFLICT: kind(409, exitCodes.refused, false, 'The state of the object does not allow this; the detail says why.'),
  PROTOCOL_UNSUPPORTED: kind(
    426,
    exitCodes.refused,
    false,
    'The agent speaks no version of the session protocol that the coordinator knows.',
  ),
  // building and releases
  APP_CONFIG_INVALID: kind(
    422,
    exitCodes.usage,
    false,
    'The rookery.yml of the source tree is wrong; line, column and field are named.',
  ),
  REVISION_UNKNOWN: kind(422, exitCodes.usage, false, 'The repository has no such revision.'),
  SOURCE_UNAVAILABLE: kind(422, exitCodes.usage, true, 'The source repository or directory cannot be read.'),
  BUILD_FAILED: kind(
    422,
    exitCodes.rolloutFailed,
    false,
    'A build step failed or exceeded its deadline; its output is in the log.',
  ),
  PACK_FAILED: kind(422, exitCodes.rolloutFailed, false, 'The artifact could not be packed from the built tree.'),
  RELEASE_CORRUPT: kind(
    500,
    exitCodes.rolloutFailed,
    false,
    'A stored artifact or manifest no longer matches its digest or signature.',
  ),
  SIGNATURE_INVALID: kind(422, exitCodes.rolloutFailed, false, 'A manifest is not signed by a trusted key.'),
  RELEASE_REVOKED: kind(
    409,
    exitCodes.refused,
    false,
    'The release is revoked, or not newer than a revoked one of its app; build a new one.',
  ),
  SIGNING_FAILED: kind(
    502,
    exitCodes.rolloutFailed,
    true,
    'The external signer gave no valid signature before its deadline.',
  ),
  // on the host
  NOT_ALLOWED_HERE: kind(
    403,
    exitCodes.refused,
    false,
    'The host’s own limits do not allow what the release asks for; the field of the manifest and the setting are named.',
  ),
  FETCH_FAILED: kind(502, exitCodes.rolloutFailed, true, 'The artifact could not be fetched from the swarm.'),
  TORRENT_INVALID: kind(400, exitCodes.usage, false, 'The .torrent file is not valid metainfo; the field is named.'),
  DISK_FULL: kind(507, exitCodes.rolloutFailed, true, 'The disk has no room for what had to be written.'),
  ARCHIVE_UNSAFE: kind(
    422,
    exitCodes.rolloutFailed,
    false,
    'The archive holds an entry that would leave its directory or is of a forbidden kind.',
  ),
  ARCHIVE_CORRUPT: kind(422, exitCodes.rolloutFailed, false, 'The archive ends early or cannot be read.'),
  HOOK_FAILED: kind(502, exitCodes.rolloutFailed, true, 'A hook ended with an error.'),
  HOOK_TIMEOUT: kind(504, exitCodes.rolloutFailed, true, 'A hook did not end before its deadline and was killed.'),
  NOT_READY: kind(
    504,
    exitCodes.rolloutFailed,
    true,
    'The app was not ready before the deadline; the last probe result is named.',
  ),
  APP_EXITED: kind(502, exitCodes.rolloutFailed, true, 'The app ended while it was being started.'),
  ATTEMPT_CANCELLED: kind(409, exitCodes.rolloutFailed, false, 'The attempt was cancelled by the coordinator.'),
  HOST_LOST: kind(503, exitCodes.rolloutFailed, true, 'The agent was away for longer than the grace time.'),
  DEADLINE_EXCEEDED: kind(
    504,
    exitCodes.rolloutFailed,
    true,
    'A host gave no result before the deadline of its rollout.',
  ),
  // the system
  ROLLOUT_FAILED: kind(
    500,
    exitCodes.rolloutFailed,
    false,
    'The rollout halted, was aborted or was rolled back; the reason is named.',
  ),
  UNREACHABLE: kind(503, exitCodes.unreachable, true, 'The coordinator does not answer.'),
  UNAVAILABLE: kind(503, exitCodes.unreachable, true, 'A service this call needs does not answer, or is stopping.'),
  INTERNAL: kind(500, exitCodes.rolloutFailed, false, 'A mistake of ours; the log has the stack.'),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof errorKinds

/** One thing that is wrong with an input, and where. */
export interface Issue {
  /** Dotted path of the field, e.g. `rollout.maxUnavailable`; empty for the whole input. */
  readonly field: string
  readonly message: string
  /** 1-based, where the input is a text file. */
  readonly line?: number
  readonly column?: number
}

interface ErrorOptions {
  readonly issues?: readonly Issue[]
  readonly cause?: unknown
}

/** An expected failure: it has a code that users and programs may rely on, and a message that says what to do. */
export class RookeryError extends Error {
  readonly code: ErrorCode
  readonly issues: readonly Issue[]

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'RookeryError'
    this.code = code
    this.issues = options.issues ?? []
  }

  get kind(): ErrorKind {
    return errorKinds[this.code]
  }
}

/** Any thrown value as a RookeryError; what we did not foresee becomes INTERNAL and keeps its cause. */
export function toRookeryError(thrown: unknown): RookeryError {
  if (thrown instanceof RookeryError) return thrown
  const systemCode = systemErrorCode(thrown)
  const message = errorMessage(thrown)
  if (systemCode === 'ENOSPC' || systemCode === 'EDQUOT')
    return new RookeryError('DISK_FULL', `no space left on the disk: ${message}`, { cause: thrown })
  if (systemCode === 'EADDRINUSE') return new RookeryError('PORT_IN_USE', message, { cause: thrown })
  return new RookeryError('INTERNAL', message, { cause: thrown })
}

/** The `code` of a Node system error (`ENOENT`, …), or undefined. */
export function systemErrorCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorKinds, text)
}
