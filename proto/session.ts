import './number-fields.ts'
import { rookery } from './generated/session.js'

const v1 = rookery.session.v1
type V1 = typeof v1

/** Version of the session protocol this build speaks. A change that an older side cannot pass over raises it. */
export const sessionProtocolVersion = 1

/** Largest frame either side accepts: a DesiredRelease with a torrent of 100,000 pieces is 2 MiB. */
export const maxSessionFrameBytes = 8 * 1024 * 1024

/** Path of the WebSocket on the coordinator's HTTP server. */
export const sessionPath = '/api/v1/session'

export const Phase = v1.Phase
export type Phase = rookery.session.v1.Phase
export const PhaseState = v1.PhaseState
export type PhaseState = rookery.session.v1.PhaseState
export const CommandKind = v1.CommandKind
export type CommandKind = rookery.session.v1.CommandKind
export const CounterKind = v1.CounterKind
export type CounterKind = rookery.session.v1.CounterKind

type Scalar = string | number | boolean | Uint8Array
type Field<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? NonNullable<Field<Item>>[]
    : string extends keyof T
      ? T
      : Message<T> | null
/** A decoded message: scalars and lists are always there (proto3 defaults), an absent sub-message is null. */
type Message<T> = {
  [K in keyof T as K extends '$unknowns' | 'body' ? never : K]-?: Field<NonNullable<T[K]>>
}
type MessageOf<K extends keyof V1> = V1[K] extends { prototype: infer Instance } ? Message<Instance> : never
/** The same message as its writer gives it: what is left out has its proto3 default. */
type Draft<K extends keyof V1> = V1[K] extends { encode(message: infer Properties, ...rest: never[]): unknown }
  ? Properties
  : never

export type Hello = MessageOf<'Hello'>
export type Welcome = MessageOf<'Welcome'>
export type Heartbeat = MessageOf<'Heartbeat'>
export type ObservedRelease = MessageOf<'ObservedRelease'>
export type DesiredRelease = MessageOf<'DesiredRelease'>
export type Command = MessageOf<'Command'>
export type PhaseReport = MessageOf<'PhaseReport'>
export type FetchTotals = MessageOf<'FetchTotals'>
export type FetchTiming = MessageOf<'FetchTiming'>
export type FetchProgress = MessageOf<'FetchProgress'>
export type Readiness = MessageOf<'Readiness'>
export type SpoolRecord = MessageOf<'SpoolRecord'>
export type SpoolBatch = MessageOf<'SpoolBatch'>
export type SpoolAck = MessageOf<'SpoolAck'>
export type LogChunk = MessageOf<'LogChunk'>
export type Gap = MessageOf<'Gap'>
export type StreamLoss = MessageOf<'StreamLoss'>
export type CounterWindows = MessageOf<'CounterWindows'>
export type SwarmLimits = MessageOf<'SwarmLimits'>
export type SeedingWanted = MessageOf<'SeedingWanted'>
export type ReleaseRevocations = MessageOf<'ReleaseRevocations'>
export type VerifyReport = MessageOf<'VerifyReport'>
type TrustBundle = MessageOf<'TrustBundle'>
export type Difference = MessageOf<'Difference'>
export type Goodbye = MessageOf<'Goodbye'>

interface AgentBodies {
  hello: Hello
  heartbeat: Heartbeat
  fetchProgress: FetchProgress
  phaseReport: PhaseReport
  readiness: Readiness
  spoolBatch: SpoolBatch
  goodbye: Goodbye
  verifyReport: VerifyReport
}

interface CoordinatorBodies {
  welcome: Welcome
  desiredRelease: DesiredRelease
  command: Command
  spoolAck: SpoolAck
  swarmLimits: SwarmLimits
  seedingWanted: SeedingWanted
  releaseRevocations: ReleaseRevocations
  trustBundle: TrustBundle
  goodbye: Goodbye
}

type Envelope<Bodies> = { [K in keyof Bodies]: { readonly kind: K; readonly body: Bodies[K] } }[keyof Bodies]

export type AgentMessage = Envelope<AgentBodies>
export type CoordinatorMessage = Envelope<CoordinatorBodies>
export type AgentDraft = Draft<'AgentMessage'>
export type CoordinatorDraft = Draft<'CoordinatorMessage'>
export type SpoolRecordDraft = Draft<'SpoolRecord'>
export type CounterWindowsDraft = Draft<'CounterWindows'>

/** Exactly one body is set: `{ heartbeat: { … } }`. */
export function encodeAgentMessage(draft: AgentDraft): Uint8Array {
  return v1.AgentMessage.encode(draft).finish()
}

/** Exactly one body is set: `{ welcome: { … } }`. */
export function encodeCoordinatorMessage(draft: CoordinatorDraft): Uint8Array {
  return v1.CoordinatorMessage.encode(draft).finish()
}

/**
 * One frame from an agent. Undefined when its body is of a kind this build does not know, which a newer agent may send.
 * @throws {Error} when the bytes are not a message.
 */
export function decodeAgentMessage(bytes: Uint8Array): AgentMessage | undefined {
  return envelope<AgentMessage>(v1.AgentMessage.decode(bytes))
}

/**
 * One frame from the coordinator. Undefined when its body is of a kind this build does not know.
 * @throws {Error} when the bytes are not a message.
 */
export function decodeCoordinatorMessage(bytes: Uint8Array): CoordinatorMessage | undefined {
  return envelope<CoordinatorMessage>(v1.CoordinatorMessage.decode(bytes))
}

/** A spool record as it lies on the agent's disk. */
export function encodeSpoolRecord(draft: SpoolRecordDraft): Uint8Array {
  return v1.SpoolRecord.encode(draft).finish()
}

export function decodeSpoolRecord(bytes: Uint8Array): SpoolRecord {
  return v1.SpoolRecord.decode(bytes) as unknown as SpoolRecord
}

/** The lower-case name that logs, events and the API use: `preActivate` for PHASE_PRE_ACTIVATE. */
export function phaseName(phase: Phase): string {
  const name = Phase[phase] ?? 'PHASE_UNKNOWN'
  return name
    .slice('PHASE_'.length)
    .toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function envelope<M extends { kind: string }>(decoded: { body?: string }): M | undefined {
  const kind = decoded.body
  if (kind === undefined || kind === null) return undefined
  return { kind, body: decoded[kind as keyof typeof decoded] } as unknown as M
}
