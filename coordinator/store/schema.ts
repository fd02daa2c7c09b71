import type { Generated } from 'kysely'
import type {
  CounterBlockTable,
  CounterHostTable,
  CounterNameTable,
  CounterPageTable,
  CounterSeriesTable,
  CounterSpanTable,
} from './counter-tables.ts'

/** Columns ending in `_json` hold JSON text: every database has text, and nothing is queried inside. Flags are 0 or 1. */
export interface Tables {
  app: AppTable
  release: ReleaseTable
  desired_release: DesiredReleaseTable
  desired_of_host: DesiredOfHostTable
  rollout: RolloutTable
  rollout_event: RolloutEventTable
  phase_result: PhaseResultTable
  host: HostTable
  swarm_limit: SwarmLimitTable
  hold: HoldTable
  rollout_lease: RolloutLeaseTable
  inventory_answer: InventoryAnswerTable
  fleet_alert: FleetAlertTable
  spool_cursor: SpoolCursorTable
  log_entry: LogEntryTable
  log_day: LogDayTable
  log_removal: LogRemovalTable
  log_export: LogExportTable
  counter_name: CounterNameTable
  counter_host: CounterHostTable
  counter_series: CounterSeriesTable
  counter_page: CounterPageTable
  counter_block: CounterBlockTable
  counter_span: CounterSpanTable
  event: EventTable
  api_token: ApiTokenTable
  audit_entry: AuditEntryTable
  release_revocation: ReleaseRevocationTable
  certificate: CertificateTable
  host_binding: HostBindingTable
  join_token: JoinTokenTable
}

/** Certificates that were issued and have not expired. */
interface CertificateTable {
  /** Lower-case hex. */
  serial: string
  kind: 'host' | 'service'
  name: string
  /** SHA-256 of the public key, hex. */
  key_hash: string
  issued_at_ms: number
  not_after_ms: number
  revoked_at_ms: number | null
  reason: string | null
}

/** In which pools an enrolled host may serve: a list, or `"*"`. */
interface HostBindingTable {
  host: string
  pools_json: string
}

interface JoinTokenTable {
  id: string
  /** SHA-256, hex. */
  secret_hash: string
  service: string | null
  pools_json: string | null
  max_uses: number
  uses: number
  created_at_ms: number
  created_by: string
  expires_at_ms: number
  revoked_at_ms: number | null
}

/** Operators' credentials; the token itself is nowhere. */
interface ApiTokenTable {
  id: string
  name: string
  role: 'viewer' | 'deployer' | 'admin'
  /** What a deployer may deploy: a list of names, or `"*"`. */
  apps_json: string
  /** SHA-256 of the token's second half, hex. */
  secret_hash: string
  created_at_ms: number
  created_by: string
  /** Null for never. */
  expires_at_ms: number | null
  last_used_at_ms: number | null
  revoked_at_ms: number | null
}

/** The fields are those of AuditEntry in proto/http/access.ts; rows are never changed nor deleted. */
interface AuditEntryTable {
  number: number
  at_ms: number
  principal: string
  action: string
  target: string
  parameters: string
  source: string
  result: string
  previous_hash: string
  hash: string
}

interface AppTable {
  name: string
  source_json: string
  created_at_ms: number
}

interface ReleaseTable {
  id: string
  app: string
  /** Full commit id, or `sha256:…` of the artifact for a directory. */
  revision: string
  state: 'building' | 'ready' | 'failed'
  created_at_ms: number
  build_ms: number | null
  /** The manifest's bytes as they were signed. */
  manifest: Uint8Array | null
  signature: Uint8Array | null
  /** Fingerprint of the key; null for releases of before it was noted. */
  signed_by: string | null
  /** Rollout policy and notifications of the rookery.yml this release was built from. */
  policy_json: string | null
  failure_json: string | null
}

interface ReleaseRevocationTable {
  /** Counts from 1. */
  sequence: number
  release_id: string
  /** The statement's bytes as they were signed. */
  statement: Uint8Array
  signature: Uint8Array
  revoked_by: string | null
}

/** What a pool should run: the release of the last rollout that ended well. */
interface DesiredReleaseTable {
  app: string
  pool: string
  release_id: string
  rollout_id: string
  at_ms: number
}

/** What single hosts should run in place of what their pools do: they were named in a deploy. */
interface DesiredOfHostTable {
  app: string
  host: string
  release_id: string
  rollout_id: string
}

/** Columns are a summary for lists; the truth is in rollout_event. */
interface RolloutTable {
  id: string
  app: string
  created_at_ms: number
  summary_json: string
  /** 1 once it has ended, no host is in flight, and what follows from its end is done. */
  settled: number
}

interface RolloutEventTable {
  rollout_id: string
  sequence: number
  body_json: string
}

interface PhaseResultTable {
  rollout_id: string
  host: string
  attempt_id: string
  phase: string
  succeeded: number
  /** Null where no command ran to its end. */
  exit_code: number | null
  duration_ms: number
  /** By the host's clock. */
  at_ms: number
  /** Empty when it succeeded. */
  error_code: string
  error_message: string
}

interface HostTable {
  name: string
  pools_json: string
  labels_json: string
  observed_json: string
  agent_version: string
  drained: number
  /** 1 while it is gone on purpose: until its agent comes back. */
  has_left: number
  last_seen_ms: number
}

/** Caps for a selection of hosts; an empty name selects all. */
interface SwarmLimitTable {
  zone: string
  pool: string
  limits_json: string
  set_at_ms: number
}

interface HoldTable {
  id: string
  /** `*` for all apps. */
  app: string
  reason: string
  held_by: string
  since_ms: number
  until_ms: number | null
}

/** Which coordinator drives an app's rollout, until when. */
interface RolloutLeaseTable {
  app: string
  rollout_id: string
  holder: string
  expires_at_ms: number
}

/** The last good answer of each host source. */
interface InventoryAnswerTable {
  source: string
  hosts_json: string
  at_ms: number
}

/** A difference between desired and observed that was told; `app` is empty when it is about the host itself. */
interface FleetAlertTable {
  host: string
  app: string
  kind: string
  since_ms: number
}

interface SpoolCursorTable {
  host: string
  spool_id: string
  acked: number
}

interface LogEntryTable {
  id: Generated<number>
  rollout_id: string
  release_id: string
  app: string
  host: string
  stream: string
  sequence: number
  /** By the clock of its host. */
  at_ms: number
  data: Uint8Array
  gap_bytes: number
  /** Of a gap: the rate beyond which output was left out; 0 when it was lost. */
  gap_limit: number
  /** 1 when the stream ended with it. */
  final: number
  /** By our clock: never falls from one id to the next. */
  stored_at_ms: number
}

/** What is stored of each day (UTC) by the time of its arrival, so that nobody has to add it up. */
interface LogDayTable {
  day: string
  entries: number
  bytes: number
}

/** Entries of one rollout that were removed by age or size. */
interface LogRemovalTable {
  id: Generated<number>
  day: string
  rollout_id: string
  /** Ids, both inclusive; entries of other rollouts lie between. */
  first_entry: number
  last_entry: number
  entries: number
  bytes: number
  at_ms: number
  /** Below the archive's directory; null when they are gone. */
  file: string | null
  file_offset: number
  file_bytes: number
  /** SHA-256 of the lines, hex. */
  hash: string
  /** 0 while rows of it may still be stored. */
  done: number
}

/** How far each export has come. */
interface LogExportTable {
  name: string
  exported: number
}

interface EventTable {
  id: Generated<number>
  at_ms: number
  type: string
  rollout_id: string | null
  app: string | null
  host: string | null
  data_json: string
}
