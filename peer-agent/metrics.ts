import { Gauge, type Registry } from 'prom-client'
import { createRegistry } from '../runtime/metrics.ts'
import { finalReport } from './attempts/attempt.ts'
import type { AgentParts } from './composition.ts'

/** What /metrics shows of the agent, read from its parts when it is asked for. */
export function agentMetrics({ session, spool, store, artifacts, attempts }: AgentParts): Registry {
  const registry = createRegistry()
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `rookery_agent_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value())
      },
    })
  gauge('connected', 'Whether a session with the coordinator stands', () => (session.isConnected ? 1 : 0))
  gauge('spool_bytes', 'Logs and counters that wait on disk', () => spool.bytes)
  gauge('spool_records', 'Number of the newest record of the spool', () => spool.lastNumber)
  gauge(
    'releases_held',
    'Releases on disk, unpacked and verified',
    () => store.all().filter((release) => release.heldAtMs !== null).length,
  )
  gauge('artifacts_shared', 'Artifacts in the swarm', () => artifacts.totals().transfers)
  gauge('swarm_peers', 'Connected peers of all artifacts', () => artifacts.totals().peers)
  gauge('uploaded_bytes', 'Sent to other peers since the start', () => artifacts.totals().bytesUploaded)
  gauge(
    'attempts_under_way',
    'Attempts that are running or wait for their turn',
    () => attempts.all().filter((attempt) => !finalReport(attempt)).length,
  )
  new Gauge({
    name: 'rookery_agent_app_ready',
    help: 'Whether the live release of an app is ready',
    labelNames: ['app', 'release'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { app, liveReleaseId, ready } of store.observed())
        if (liveReleaseId !== '') this.set({ app, release: liveReleaseId }, ready ? 1 : 0)
    },
  })
  return registry
}
