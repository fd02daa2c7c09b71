import { type AgentDraft, CommandKind, type CoordinatorDraft, Phase, PhaseState } from '../../proto/session.ts'

const observed = [{ app: 'hello', liveReleaseId: 'hello-1', ready: true, heldReleaseIds: ['hello-1', 'hello-2'] }]
const fetchTotals = {
  bytesFromPeers: 1,
  bytesFromSeeder: 2,
  bytesFromWebSeed: 3,
  bytesReused: 4,
  bytesWasted: 5,
  bytesUploaded: 6,
}
const report = {
  attemptId: 'ro/web-1/activate',
  rolloutId: 'ro',
  app: 'hello',
  releaseId: 'hello-2',
  phase: Phase.PHASE_READINESS,
  state: PhaseState.PHASE_STATE_FAILED,
  final: true,
  errorCode: 'NOT_READY',
  errorMessage: 'HTTP 503',
  durationMs: 1234,
  atMs: 1_795_000_000_000,
  fetchTotals,
}

const fetchTiming = {
  startedAtMs: 1_795_000_000_000,
  firstByteAtMs: 1_795_000_000_100,
  finishedAtMs: 1_795_000_009_000,
  bytesTotal: 7,
  piecesTotal: 8,
  mostPeers: 9,
  diskWaitMs: 10,
  longestStallMs: 11,
}

/** One sample of everything an agent can send, every field set. */
export const agentSamples: Record<string, AgentDraft> = {
  hello: {
    hello: {
      protocolVersion: 1,
      agentVersion: '0.1.0',
      host: 'web-1',
      pools: ['web', 'api'],
      labels: { zone: 'a' },
      observed,
      attempts: [report],
      spoolId: 's1',
    },
  },
  heartbeat: { heartbeat: { sentAtMs: 1_795_000_000_000, observed } },
  diskHeartbeat: {
    heartbeat: { sentAtMs: 1_795_000_000_000, observed, diskFreeBytes: 5_000_000_000, diskTotalBytes: 20_000_000_000 },
  },
  fetchProgress: {
    fetchProgress: {
      attemptId: 'ro/web-1/fetch',
      rolloutId: 'ro',
      releaseId: 'hello-2',
      piecesDone: 1,
      piecesTotal: 2,
      bytesDone: 3,
      bytesTotal: 4,
      peers: 5,
      totals: fetchTotals,
    },
  },
  phaseReport: { phaseReport: report },
  fetchReport: { phaseReport: { ...report, fetchTiming } },
  hookReport: { phaseReport: { ...report, phase: Phase.PHASE_UNDRAIN, exitCode: -1, hasExitCode: true } },
  readiness: {
    readiness: { app: 'hello', releaseId: 'hello-2', ready: true, detail: 'HTTP 200', atMs: 1_795_000_000_000 },
  },
  spoolBatch: {
    spoolBatch: {
      spoolId: 's1',
      records: [
        {
          number: 1,
          logChunk: {
            stream: 'app.stdout',
            sequence: 7,
            rolloutId: 'ro',
            app: 'hello',
            releaseId: 'hello-2',
            atMs: 1,
            data: new Uint8Array([104, 105]),
            final: true,
          },
        },
        {
          number: 2,
          counterWindow: {
            name: 'fetch_bytes',
            startMs: 10_000,
            widthMs: 10_000,
            count: 2,
            sum: 3.5,
            sumOfSquares: 6.25,
            min: 1,
            max: 2.5,
            app: 'hello',
            releaseId: 'hello-2',
          },
        },
        { number: 5, gap: { firstNumber: 3, lastNumber: 5, bytes: 100 } },
      ],
    },
  },
  goodbye: { goodbye: { reason: 'stopping', errorCode: '' } },
  verifyReport: {
    verifyReport: {
      attemptId: 'reconcile/web-1/1',
      rolloutId: 'ro',
      app: 'hello',
      releaseId: 'hello-2',
      intact: true,
      differences: [{ path: 'bin/run', what: 'content' }],
      differencesTotal: 2,
      files: 3,
      durationMs: 4,
      atMs: 1_795_000_000_000,
      errorCode: 'NOT_FOUND',
      errorMessage: 'no list',
    },
  },
}

/** One sample of everything the coordinator can send, every field set. */
export const coordinatorSamples: Record<string, CoordinatorDraft> = {
  welcome: { welcome: { protocolVersion: 1, heartbeatMs: 5000, spoolAcked: 42 } },
  desiredRelease: {
    desiredRelease: {
      attemptId: 'ro/web-1/fetch',
      rolloutId: 'ro',
      app: 'hello',
      releaseId: 'hello-2',
      manifest: new Uint8Array([123, 125]),
      signature: new Uint8Array([1, 2]),
      torrent: new Uint8Array([100, 101]),
    },
  },
  repairRelease: {
    desiredRelease: {
      attemptId: 'refetch/1',
      rolloutId: '',
      app: 'hello',
      releaseId: 'hello-2',
      manifest: new Uint8Array([123, 125]),
      signature: new Uint8Array([1, 2]),
      torrent: new Uint8Array([100, 101]),
      repair: true,
    },
  },
  command: {
    command: {
      attemptId: 'ro/web-1/activate',
      rolloutId: 'ro',
      kind: CommandKind.COMMAND_KIND_CANCEL,
      app: 'hello',
      releaseId: 'hello-2',
      cancelsAttemptId: 'ro/web-1/fetch',
      batch: 3,
    },
  },
  verifyCommand: {
    command: {
      ...{ attemptId: 'reconcile/web-1/1', rolloutId: 'ro', kind: CommandKind.COMMAND_KIND_VERIFY, app: 'hello' },
      releaseId: 'hello-2',
    },
  },
  spoolAck: { spoolAck: { spoolId: 's1', number: 9 } },
  swarmLimits: {
    swarmLimits: { uploadMbitPerSecond: 200, downloadMbitPerSecond: 0.5, zoneMbitPerSecond: { ams: 20 } },
  },
  seedingWanted: { seedingWanted: { releaseIds: ['hello-2', 'hello-3'] } },
  releaseRevocations: {
    releaseRevocations: {
      revocations: [{ statement: new Uint8Array([123, 125]), signature: new Uint8Array([1, 2]) }],
    },
  },
  trustBundle: {
    trustBundle: { version: 1_769_862_131_000, authorities: ['-----BEGIN CERTIFICATE-----'], revokedSerials: ['5f01'] },
  },
  goodbye: { goodbye: { reason: 'another agent has this name', errorCode: 'CONFLICT' } },
}
