import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { HostName, PoolName } from '../../proto/http/api.ts'
import { AppNamePattern, ReleaseIdPattern } from '../../proto/release-manifest.ts'
import { type AgentMessage, type Hello, type ObservedRelease, sessionProtocolVersion } from '../../proto/session.ts'
import { RookeryError } from '../../runtime/errors.ts'

/** No host has as much; what is longer was made to fill our memory. */
const most = { pools: 100, labels: 100, apps: 1_000, heldReleases: 1_000, attempts: 10_000 } as const
/** A line as people read it: no line breaks, nothing that steers a terminal. */
const line = (maxLength: number) => `^[^\\x00-\\x1f\\x7f-\\x9f]{0,${maxLength}}$`
const Label = { key: new RegExp(line(100)), value: new RegExp(line(300)) }
const AgentVersion = Type.String({ pattern: line(100) })
const SpoolId = Type.String({ pattern: line(100), minLength: 1 })
const Observed = Type.Array(
  Type.Object({
    app: Type.String({ pattern: AppNamePattern }),
    liveReleaseId: Type.String({ pattern: `^$|${ReleaseIdPattern}` }),
    heldReleaseIds: Type.Array(Type.String({ pattern: ReleaseIdPattern }), { maxItems: most.heldReleases }),
  }),
  { maxItems: most.apps },
)

/** Refuses what would not be safe to store or show. @throws {RookeryError} PROTOCOL_UNSUPPORTED, REQUEST_INVALID. */
export function checkedHello(hello: Hello): Hello {
  if (hello.protocolVersion !== sessionProtocolVersion) {
    const versions = `the agent speaks version ${hello.protocolVersion}, this coordinator ${sessionProtocolVersion}`
    throw new RookeryError('PROTOCOL_UNSUPPORTED', `no common version of the session protocol: ${versions}`)
  }
  if (!Value.Check(HostName, hello.host)) throw invalid(`hello.host ${quoted(hello.host)} is not a host name`)
  const badPool = hello.pools.find((pool) => !Value.Check(PoolName, pool))
  if (badPool !== undefined) throw invalid(`hello.pools ${quoted(badPool)} is not a pool name`)
  if (hello.pools.length === 0) throw invalid('hello.pools is empty: every host serves at least one pool')
  if (hello.pools.length > most.pools) throw invalid(`hello.pools names more than ${most.pools}`)
  if (!Value.Check(SpoolId, hello.spoolId))
    throw invalid(hello.spoolId === '' ? 'hello.spoolId is empty' : 'hello.spoolId is no line')
  if (!Value.Check(AgentVersion, hello.agentVersion)) throw invalid('hello.agentVersion is no line')
  const labels = Object.entries(hello.labels)
  if (labels.length > most.labels) throw invalid(`hello.labels are more than ${most.labels}`)
  if (labels.some(([key, value]) => !Label.key.test(key) || !Label.value.test(value)))
    throw invalid('hello.labels: a label is no line, or a long one')
  if (hello.attempts.length > most.attempts) throw invalid(`hello.attempts are more than ${most.attempts}`)
  checkObserved(hello.observed, 'hello')
  return hello
}

/** The same for what follows it. @throws {RookeryError} REQUEST_INVALID. */
export function checkedMessage(message: AgentMessage): AgentMessage {
  if (message.kind === 'heartbeat') checkObserved(message.body.observed, 'heartbeat')
  return message
}

function checkObserved(observed: readonly ObservedRelease[], where: string): void {
  if (!Value.Check(Observed, observed)) throw invalid(`${where}.observed names what is no app or release, or too many`)
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}

function invalid(sentence: string): RookeryError {
  return new RookeryError('REQUEST_INVALID', sentence)
}
