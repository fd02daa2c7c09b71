import type { PhaseReport } from '../../proto/session.ts'
import type { TrustBundle } from '../../trust/trust-bundle.ts'
import type { AgentOrders } from '../distribution/agent-orders.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { PacedAcks } from '../logs/paced-acks.ts'
import type { Reconciliation } from '../reconciliation/reconciliation.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { Absences } from '../rollout/absences.ts'
import type { CapacityDesk } from '../rollout/capacity-desk.ts'
import type { Convergence } from '../rollout/convergence.ts'
import type { PhaseResults } from '../rollout/phase-results.ts'
import type { Rollouts } from '../rollout/rollouts.ts'
import type { SessionHandlers } from './agent-session.ts'
import type { HostRegistry } from './host-registry.ts'
import type { SpoolIngest } from './spool-ingest.ts'

interface HandlerParts {
  readonly hosts: HostRegistry
  readonly ingest: SpoolIngest
  readonly acks: PacedAcks
  readonly rollouts: Rollouts
  readonly phaseResults: PhaseResults
  readonly desk: CapacityDesk
  readonly absences: Absences
  readonly convergence: Convergence
  readonly hub: EventHub
  readonly agentOrders: AgentOrders
  readonly reconciliation: Reconciliation
  readonly revocations: Revocations
  readonly trustBundle: () => TrustBundle | undefined
}

/** Where each of an agent's messages goes. */
export function sessionHandlers(parts: HandlerParts): SessionHandlers {
  const { hosts, ingest, acks, rollouts, phaseResults, desk, absences, convergence, hub, agentOrders, reconciliation } =
    parts
  return {
    hello: async (_session, hello) => {
      await hosts.enroll(hello)
      return { spoolAcked: await ingest.acked(hello.host, hello.spoolId) }
    },
    welcomed: async (session, hello) => {
      const trustBundle = parts.trustBundle()
      if (trustBundle) session.send({ trustBundle })
      // Before anything else is asked of it.
      session.send({ releaseRevocations: { revocations: parts.revocations.current } })
      await hub.publish({
        type: 'host.connected',
        host: hello.host,
        data: { pools: hello.pools, agentVersion: hello.agentVersion },
      })
      // What it finished while nobody listened comes first: then only what is really left is asked for again.
      for (const attempt of hello.attempts.filter((each) => isOwn(hello.host, each))) {
        phaseResults.add(hello.host, attempt)
        reconciliation.phaseReported(hello.host, attempt)
        if (attempt.final) rollouts.attemptEnded(hello.host, attempt)
        else rollouts.disown(hello.host, attempt)
      }
      absences.came(hello.host)
      rollouts.agentCame(hello.host)
      convergence.look()
      agentOrders.welcomed(hello.host)
    },
    message: async (session, message) => {
      hosts.seen(session.host)
      switch (message.kind) {
        case 'heartbeat':
          reconciliation.heartbeat(session.host, message.body)
          if (await hosts.observe(session.host, message.body)) desk.reconsider()
          return
        case 'fetchProgress':
          return rollouts.fetchProgressed(session.host, message.body)
        case 'phaseReport':
          if (!isOwn(session.host, message.body)) return
          phaseResults.add(session.host, message.body)
          reconciliation.phaseReported(session.host, message.body)
          return rollouts.phaseReported(session.host, message.body)
        case 'readiness': {
          const { app, releaseId, ready, detail } = message.body
          hosts.readinessChanged(session.host, app, releaseId, ready)
          desk.reconsider()
          return void hub.broadcast({ type: 'host.changed', host: session.host, app, data: { ready, detail } })
        }
        case 'spoolBatch': {
          acks.check(session.host)
          const number = await ingest.ingest(session.host, message.body)
          const { spoolId } = message.body
          return acks.stored(session.host, message.body, () => session.send({ spoolAck: { spoolId, number } }))
        }
        case 'verifyReport':
          return reconciliation.verified(session.host, message.body)
        case 'hello':
        case 'goodbye':
      }
    },
    closed: async (session, saidGoodbye) => {
      await hosts.disconnected(session.host)
      await hub.publish({ type: 'host.disconnected', host: session.host, data: { saidGoodbye } })
      absences.went(session.host, saidGoodbye)
      reconciliation.went(session.host)
      desk.reconsider()
    },
  }
}

/** Attempts of a rollout name their host: nobody reports for another. */
function isOwn(host: string, { rolloutId, attemptId }: PhaseReport): boolean {
  return rolloutId === '' || attemptId.startsWith(`${rolloutId}/${host}/`)
}
