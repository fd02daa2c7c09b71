/**
 * The HTTP API's bodies, as JSON schemas: the coordinator validates with them and generates OpenAPI from them,
 * the command line and the dashboard take their types from them.
 */
import { type Static, Type } from 'typebox'
import { AppNamePattern, ReleaseManifest } from '../release-manifest.ts'
import { orderNames } from '../rollout-order.ts'
import { Verdict } from './immune.ts'

const strict = { additionalProperties: false } as const
const Milliseconds = (description: string) => Type.Integer({ minimum: 0, description })
const EpochMs = (description: string) => Milliseconds(`${description}, in milliseconds since the Unix epoch`)

export const AppName = Type.String({ pattern: AppNamePattern, description: 'Name of an app' })
/** Names are keys of objects: one that every object has would be taken for a host that is there. */
const noMember =
  '(?!(?:constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf)$)'
export const HostName = Type.String({ pattern: `^${noMember}[A-Za-z0-9][A-Za-z0-9._-]{0,252}$` })
export const PoolName = Type.String({ pattern: `^${noMember}[A-Za-z0-9][A-Za-z0-9._-]{0,62}$` })

// --- apps

export const AppSource = Type.Union([
  Type.Object(
    {
      git: Type.String({ minLength: 1, description: 'URL or path of a git repository' }),
      subdirectory: Type.Optional(Type.String()),
    },
    strict,
  ),
  Type.Object({ directory: Type.String({ minLength: 1, description: 'Directory on the coordinator' }) }, strict),
])
export type AppSource = Static<typeof AppSource>

export const App = Type.Object({
  name: AppName,
  source: AppSource,
  desiredReleaseId: Type.Union([Type.String(), Type.Null()], {
    description: 'What the last successful rollout made live',
  }),
})
export type App = Static<typeof App>

// --- releases

export const releaseStates = ['building', 'ready', 'failed'] as const
export const Release = Type.Object({
  id: Type.String(),
  app: AppName,
  revision: Type.String({
    description: 'Full commit id, or sha256:… of the artifact for a directory; what was asked for while building',
  }),
  state: Type.Enum([...releaseStates]),
  createdAtMs: EpochMs('Start of the build'),
  buildMs: Type.Union([Milliseconds('Duration of build and packing'), Type.Null()]),
  manifest: Type.Union([ReleaseManifest, Type.Null()]),
  signedBy: Type.Union([Type.String({ description: 'Fingerprint of the signing key' }), Type.Null()]),
  failure: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  revoked: Type.Optional(
    Type.Object(
      {
        releaseId: Type.String({ description: 'The release that was revoked: this one, or a newer one of its app' }),
        reason: Type.String(),
        by: Type.Union([Type.String({ description: 'Who revoked it' }), Type.Null()]),
        atMs: EpochMs('When it was revoked'),
      },
      { description: 'It must not go live any more' },
    ),
  ),
})
export type Release = Static<typeof Release>

export const RevokeRequest = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Why, for whoever meets it' }),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Who, for the record' })),
  },
  strict,
)
export type RevokeRequest = Static<typeof RevokeRequest>

export const BuildRequest = Type.Object(
  {
    app: AppName,
    revision: Type.Optional(
      Type.String({ minLength: 1, description: 'Any name git knows; HEAD without it. Not for directories' }),
    ),
    rebuild: Type.Optional(Type.Boolean({ description: 'Build again even if the revision was built before' })),
  },
  strict,
)
export type BuildRequest = Static<typeof BuildRequest>

export const ReleaseVerification = Type.Object({
  releaseId: Type.String(),
  ok: Type.Boolean(),
  checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() })),
})
export type ReleaseVerification = Static<typeof ReleaseVerification>

// --- rollouts

export const rolloutPhases = [
  'queued',
  'building',
  'distributing',
  'activating',
  'paused',
  'done',
  'halted',
  'aborted',
] as const
export type RolloutPhase = (typeof rolloutPhases)[number]

export const hostStates = [
  'pending',
  'fetching',
  'fetched',
  'activating',
  'ready',
  'unchanged',
  'skipped',
  'failed',
  'cancelled',
  'left',
] as const
export type HostState = (typeof hostStates)[number]

export const ByteTotals = Type.Object({
  fromPeers: Type.Integer(),
  fromSeeder: Type.Integer(),
  fromWebSeed: Type.Integer(),
  reused: Type.Integer(),
  wasted: Type.Integer(),
  uploaded: Type.Integer(),
})
export type ByteTotals = Static<typeof ByteTotals>

export const RolloutHost = Type.Object({
  host: HostName,
  pool: PoolName,
  zone: Type.Union([Type.String(), Type.Null()]),
  why: Type.String({ description: 'Why it stands where it does' }),
  retries: Type.Integer({ description: 'Failures after which it was tried again' }),
  batch: Type.Union([Type.Integer(), Type.Null()], { description: 'From 1; null when the host needs no activation' }),
  state: Type.Enum([...hostStates]),
  phase: Type.Union([
    Type.String({ description: 'What it does now: fetch, unpack, prepare, …, readiness' }),
    Type.Null(),
  ]),
  bytesDone: Type.Integer(),
  bytesTotal: Type.Integer(),
  fetchMs: Type.Union([Type.Integer(), Type.Null()]),
  activateMs: Type.Union([Type.Integer(), Type.Null()]),
  bytes: Type.Union([ByteTotals, Type.Null()]),
  failure: Type.Union([
    Type.Object({ code: Type.String(), message: Type.String(), phase: Type.Union([Type.String(), Type.Null()]) }),
    Type.Null(),
  ]),
})
export type RolloutHost = Static<typeof RolloutHost>

/** Why a host was slow to hold the release. */
export const stragglerCauses = ['lateStart', 'slowDownlink', 'slowDisk', 'fewPeers', 'stalled'] as const
export type StragglerCause = (typeof stragglerCauses)[number]

export const Straggler = Type.Object({
  host: HostName,
  cause: Type.Enum([...stragglerCauses]),
  sentence: Type.String({ description: 'The cause with its numbers, for people' }),
  tookMs: Milliseconds('From the order to fetch until all was verified on its disk'),
  lateMs: Milliseconds('From the order until it began'),
  waitedForFirstByteMs: Milliseconds('From its beginning until the first byte'),
  longestStallMs: Milliseconds('Longest time without a byte'),
  diskWaitMs: Milliseconds('Time for which fetching waited for its disk'),
  mostPeers: Type.Integer({ description: 'Most peers it was connected with at once' }),
  bytesPerSecond: Type.Integer({ description: 'What it received, from its first byte to its last' }),
})
export type Straggler = Static<typeof Straggler>

export const Efficiency = Type.Object({
  hosts: Type.Integer({ description: 'Hosts that fetched anything; those that had all of it are not counted' }),
  artifactBytes: Type.Integer(),
  pieces: Type.Integer(),
  makespanMs: Milliseconds('From the first order to fetch until the last host had all of it'),
  boundMs: Milliseconds('No schedule ends before: (1 + ⌊log2 hosts⌋ / pieces) · artifact ÷ capacity'),
  ratio: Type.Number({ description: 'Makespan ÷ bound; 1 is perfect' }),
  capacity: Type.Object({
    bytesPerSecond: Type.Integer({ description: 'What one host can receive' }),
    source: Type.Enum(['configured', 'measured'], {
      description: '`measured`: the median of the faster half of the hosts; then the ratio shows how even they were',
    }),
  }),
  medianMs: Milliseconds('What a host took, in the middle'),
  bytes: ByteTotals,
  stragglers: Type.Array(Straggler, { description: 'Hosts that took more than 1.5 times the median, slowest first' }),
})
export type Efficiency = Static<typeof Efficiency>

export const rolloutKinds = ['deploy', 'rollback', 'retry', 'converge'] as const

export const RolloutStep = Type.Object({
  name: Type.String({ description: '`canary`, or the share of the hosts that is reached with it' }),
  lastBatch: Type.Integer({ description: 'Number of its last batch, from 1' }),
  bakeMs: Milliseconds('How long its hosts are watched at its end'),
  waitsForPromote: Type.Boolean({ description: 'What follows waits for an operator' }),
})
export type RolloutStep = Static<typeof RolloutStep>

export const Rollout = Type.Object({
  id: Type.String(),
  app: AppName,
  kind: Type.Enum([...rolloutKinds], {
    description: '`converge` brings hosts that came later, or were away, to what their pools run',
  }),
  releaseId: Type.Union([Type.String(), Type.Null()], { description: 'Null while the release is being built' }),
  revision: Type.Union([Type.String(), Type.Null()]),
  previousReleaseId: Type.Union([Type.String(), Type.Null()], { description: 'What was live before' }),
  rollbackOf: Type.Union([Type.String({ description: 'The rollout this one takes back' }), Type.Null()]),
  retryOf: Type.Union([Type.String({ description: 'The rollout whose failed hosts it tries again' }), Type.Null()]),
  prefetch: Type.Boolean({ description: 'It distributes, and activates nothing' }),
  by: Type.Union([Type.String({ description: 'Who asked for it' }), Type.Null()]),
  why: Type.Union([Type.String({ description: 'What for' }), Type.Null()]),
  breakGlass: Type.Union([Type.String({ description: 'Why it passed over holds and freezes' }), Type.Null()]),
  waitsFor: Type.Union([Type.String({ description: 'What it waits for now, as a sentence' }), Type.Null()]),
  awaitsPromote: Type.Boolean({ description: 'Its step is over, and the next waits for `promote`' }),
  phase: Type.Enum([...rolloutPhases]),
  reason: Type.Union([Type.String({ description: 'Why it is paused, halted or aborted' }), Type.Null()]),
  rollsBack: Type.Optional(
    Type.Boolean({ description: 'It ended badly, and a rollback that nobody asked for takes back what it moved' }),
  ),
  pools: Type.Array(PoolName),
  createdAtMs: EpochMs('When it was asked for'),
  startedAtMs: Type.Union([EpochMs('When it left the queue'), Type.Null()]),
  endedAtMs: Type.Union([EpochMs('When it ended'), Type.Null()]),
  watchUntilMs: Type.Optional(Type.Union([EpochMs('It is done, and its hosts are watched until then'), Type.Null()])),
  order: Type.Union([Type.Enum([...orderNames]), Type.Null()], { description: 'Null until it is planned' }),
  seed: Type.Integer({ description: 'The same seed gives the same order' }),
  steps: Type.Array(RolloutStep),
  batches: Type.Array(Type.Array(HostName), { description: 'Hosts of each batch, in order' }),
  hosts: Type.Array(RolloutHost),
  verdicts: Type.Optional(Type.Array(Verdict, { description: 'What the immune system found, oldest first' })),
  efficiency: Type.Union([Efficiency, Type.Null()], {
    description: 'How good the distribution was; null until it is over, and when nobody had to fetch',
  }),
})
export type Rollout = Static<typeof Rollout>

export const RolloutSummary = Type.Omit(Rollout, [
  'hosts',
  'batches',
  'steps',
  'order',
  'seed',
  'efficiency',
  'verdicts',
])
export type RolloutSummary = Static<typeof RolloutSummary>

export const RolloutRequest = Type.Object(
  {
    app: AppName,
    revision: Type.Optional(Type.String({ minLength: 1 })),
    releaseId: Type.Optional(Type.String({ minLength: 1, description: 'A built release; excludes revision' })),
    rebuild: Type.Optional(Type.Boolean()),
    pools: Type.Optional(Type.Array(PoolName, { minItems: 1, description: 'Only these pools; all without it' })),
    hosts: Type.Optional(
      Type.Array(HostName, { minItems: 1, description: 'Only these hosts of the pools; `list` keeps their order' }),
    ),
    order: Type.Optional(Type.Enum([...orderNames], { description: 'Over the order of the rookery.yml' })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31, description: 'One by chance without it' })),
    prefetch: Type.Optional(Type.Boolean({ description: 'Distribute only; activate nothing' })),
    noQueue: Type.Optional(
      Type.Boolean({ description: 'Refuse with CONFLICT instead of waiting behind a running rollout' }),
    ),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Who asks, for the record' })),
    why: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'What for, for the record' })),
    breakGlass: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'Why holds and freeze windows are passed over' }),
    ),
  },
  strict,
)
export type RolloutRequest = Static<typeof RolloutRequest>

/** How one phase of an attempt ended on a host. */
export const PhaseResult = Type.Object({
  host: HostName,
  attemptId: Type.String(),
  phase: Type.String({ description: 'fetch, unpack, prepare, preActivate, drain, activate, …' }),
  succeeded: Type.Boolean(),
  exitCode: Type.Union([Type.Integer({ description: 'Of its hook' }), Type.Null()], {
    description: 'Null where no command ran to its end',
  }),
  durationMs: Milliseconds('How long it took'),
  atMs: EpochMs('When it ended, by the clock of the host'),
  failure: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
})
export type PhaseResult = Static<typeof PhaseResult>

/** Who would move when. */
export const RolloutPreview = Type.Object({
  app: AppName,
  releaseId: Type.Union([Type.String(), Type.Null()], { description: 'Null when the revision is not built yet' }),
  revision: Type.Union([Type.String(), Type.Null()]),
  order: Type.Enum([...orderNames]),
  seed: Type.Integer(),
  steps: Type.Array(RolloutStep),
  batches: Type.Array(Type.Array(HostName)),
  limits: Type.Record(PoolName, Type.Integer(), { description: 'Most hosts of each pool out of service at once' }),
  hosts: Type.Array(
    Type.Object({
      host: HostName,
      pool: PoolName,
      zone: Type.Union([Type.String(), Type.Null()]),
      batch: Type.Union([Type.Integer({ description: 'From 1' }), Type.Null()]),
      state: Type.Enum(['moves', 'unchanged', 'skipped']),
      why: Type.String({ description: 'Why it stands where it does' }),
    }),
  ),
  waitsFor: Type.Union([Type.String({ description: 'What it would wait for now' }), Type.Null()]),
})
export type RolloutPreview = Static<typeof RolloutPreview>

export const ControlRequest = Type.Object(
  {
    reason: Type.Optional(Type.String({ maxLength: 500 })),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Who, for the record' })),
  },
  strict,
)
export type ControlRequest = Static<typeof ControlRequest>

// --- distribution

const MbitPerSecond = (description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, examples: [500], description: `${description}, in Mbit/s` })
const ZoneNamePattern = '^(\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,62})$'

/** Caps of one host's piece exchange; what is not given is not capped. */
export const SwarmLimits = Type.Object(
  {
    uploadMbitPerSecond: Type.Optional(MbitPerSecond('What this host sends to all peers together')),
    downloadMbitPerSecond: Type.Optional(MbitPerSecond('What this host receives from all peers together')),
    zoneMbitPerSecond: Type.Optional(
      Type.Record(Type.String({ pattern: ZoneNamePattern }), MbitPerSecond('What it sends there'), {
        examples: [{ '*': 50 }],
        description:
          'What this host sends to all peers of another zone together, in Mbit/s, by the zone’s name; `*` is for all zones that are not named, together.',
      }),
    ),
  },
  strict,
)
export type SwarmLimits = Static<typeof SwarmLimits>

const ZoneName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$', description: 'Label `zone` of a host' })
const limitsSelection = { zone: Type.Optional(ZoneName), pool: Type.Optional(PoolName) }
export const LimitsSelection = Type.Object(limitsSelection, strict)
export type LimitsSelection = Static<typeof LimitsSelection>

export const LimitsRequest = Type.Object({ ...limitsSelection, limits: SwarmLimits }, strict)
export type LimitsRequest = Static<typeof LimitsRequest>

/** Caps for all hosts, or for those of a zone, a pool, or both; over those of the agents’ configurations. */
export const LimitsRule = Type.Object({
  zone: Type.Union([ZoneName, Type.Null()]),
  pool: Type.Union([PoolName, Type.Null()]),
  limits: SwarmLimits,
  setAtMs: EpochMs('When it was set'),
})
export type LimitsRule = Static<typeof LimitsRule>

// --- hosts

export const Host = Type.Object({
  name: HostName,
  pools: Type.Array(PoolName),
  labels: Type.Record(Type.String(), Type.String()),
  connected: Type.Boolean(),
  drained: Type.Boolean({ description: 'Left out of rollouts until it is undrained' }),
  hasLeft: Type.Optional(
    Type.Boolean({ description: 'Gone on purpose: it said so, left the inventory, or was terminated' }),
  ),
  lastSeenMs: EpochMs('Last message of its agent'),
  agentVersion: Type.String(),
  missing: Type.Optional(
    Type.Boolean({ description: 'A host source names it, and its agent never came; then `lastSeenMs` is 0' }),
  ),
  inInventory: Type.Optional(
    Type.Union([Type.Boolean(), Type.Null()], {
      description: 'Whether a host source names it; null when none is configured, or one never answered',
    }),
  ),
  releases: Type.Array(
    Type.Object({
      app: AppName,
      liveReleaseId: Type.Union([Type.String(), Type.Null()]),
      ready: Type.Boolean(),
      desiredReleaseId: Type.Union([Type.String(), Type.Null()]),
      heldReleaseIds: Type.Array(Type.String()),
      liveRevoked: Type.Optional(Type.String({ description: 'Why the live release must not go live any more' })),
    }),
  ),
})
export type Host = Static<typeof Host>

// --- counters

export const CounterWindow = Type.Object({
  name: Type.String(),
  app: Type.String({ description: 'Empty for counters of the host itself' }),
  host: Type.String(),
  startMs: EpochMs('Start of the window'),
  widthMs: Type.Integer(),
  count: Type.Integer(),
  sum: Type.Number(),
  sumOfSquares: Type.Number(),
  min: Type.Number(),
  max: Type.Number(),
})
export type CounterWindow = Static<typeof CounterWindow>

export const CounterQuery = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 500, description: 'Counter name; `*` matches within a part' })),
    host: Type.Optional(Type.String()),
    app: Type.Optional(Type.String({ description: 'Whose counter it is; empty for those of the agent itself' })),
    fromMs: Type.Optional(Type.Integer({ minimum: 0 })),
    toMs: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1_000 })),
  },
  strict,
)
export type CounterQuery = Static<typeof CounterQuery>

// --- events

/**
 * What `/api/v1/events` streams. Persisted events have an id and are replayed by Last-Event-ID;
 * `progress` has none: it is superseded by the next.
 */
export const eventTypes = [
  'release.building',
  'release.ready',
  'release.failed',
  'release.revoked',
  'rollout.queued',
  'rollout.phase',
  'rollout.host',
  'rollout.batch',
  'rollout.progress',
  'rollout.waiting',
  'rollout.verdict',
  'host.connected',
  'host.disconnected',
  'host.changed',
  'lock.held',
  'lock.released',
  'alert',
] as const
export type EventType = (typeof eventTypes)[number]

export const ApiEvent = Type.Object({
  id: Type.Union([Type.Integer(), Type.Null()]),
  type: Type.Enum([...eventTypes]),
  atMs: EpochMs('When it happened'),
  rolloutId: Type.Union([Type.String(), Type.Null()]),
  app: Type.Union([Type.String(), Type.Null()]),
  host: Type.Union([Type.String(), Type.Null()]),
  data: Type.Record(Type.String(), Type.Unknown()),
})
export type ApiEvent = Static<typeof ApiEvent>

/** `rollout.progress`: how far the distribution is, one entry a pool. Sent at most twice a second. */
export interface PoolProgress {
  readonly pool: string
  readonly hosts: number
  readonly hostsFetched: number
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly bytesPerSecond: number
}

// --- locks

const NullableApp = Type.Union([AppName, Type.Null()], { description: 'Null for all apps' })
const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'Why, for whoever meets it' })
const By = Type.String({ minLength: 1, maxLength: 100, description: 'Who, for the record' })

/** Keeps rollouts of an app, or of all apps, from starting. */
export const Hold = Type.Object({
  id: Type.String(),
  app: NullableApp,
  reason: Reason,
  by: Type.String({ description: 'Who, with what they proved: `ann via token:4f2a9c1d2e`' }),
  sinceMs: EpochMs('When it was taken'),
  untilMs: Type.Union([EpochMs('When it ends by itself'), Type.Null()]),
})
export type Hold = Static<typeof Hold>

export const HoldRequest = Type.Object(
  {
    app: NullableApp,
    reason: Reason,
    by: Type.Optional(By),
    untilMs: Type.Optional(EpochMs('When it ends by itself; only by a release without it')),
    stopRunning: Type.Optional(Type.Boolean({ description: 'Pause what is under way, too' })),
  },
  strict,
)
export type HoldRequest = Static<typeof HoldRequest>

export const ReleaseHoldQuery = Type.Object({ by: Type.Optional(By) }, strict)
export const ReleaseHoldsQuery = Type.Object(
  {
    app: Type.String({
      pattern: `^\\*$|${AppNamePattern}`,
      description: 'The holds of this app; `*` for those on all apps',
    }),
    by: Type.Optional(By),
  },
  strict,
)
export type ReleaseHoldsQuery = Static<typeof ReleaseHoldsQuery>

/** A time in which no rollout starts, from the configuration. */
export const Freeze = Type.Object({
  name: Type.String(),
  apps: Type.Union([Type.Array(AppName), Type.Null()], { description: 'Null for all apps' }),
  timeZone: Type.String({ description: 'IANA name' }),
  active: Type.Boolean(),
  changesAtMs: Type.Union([EpochMs('When it begins or ends next'), Type.Null()], {
    description: 'Null when it never changes again',
  }),
})
export type Freeze = Static<typeof Freeze>

// --- chat

/** What a chat shows of a command's answer (Slack, “Responding to commands”). */
export const ChatAnswer = Type.Object({ response_type: Type.Enum(['ephemeral', 'in_channel']), text: Type.String() })
export type ChatAnswer = Static<typeof ChatAnswer>
