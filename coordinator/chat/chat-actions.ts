import type { Hold, Rollout, RolloutRequest, RolloutSummary } from '../../proto/http/api.ts'
import type { AppStore } from '../apps/app-store.ts'
import { freezeSentence, holdSentence } from '../locks/sentences.ts'
import type { LockGate } from '../locks/start-gate.ts'
import type { Rollouts } from '../rollout/rollouts.ts'

export interface ChatStatus {
  /** The latest of each app, by name of the app. */
  readonly rollouts: readonly RolloutSummary[]
  /** Sentences: what keeps rollouts from starting now. */
  readonly obstacles: readonly string[]
}

/** What can be asked and done from a chat. Every method rejects with a RookeryError where the API would. */
export interface ChatActions {
  status(app?: string): Promise<ChatStatus>
  /** Those that wait, first come first. */
  queue(app?: string): Promise<RolloutSummary[]>
  join(app: string, order: { readonly rev?: string; readonly why?: string; readonly by: string }): Promise<Rollout>
  leave(id: string, by: string): Promise<Rollout>
  /** `app` null: all apps. */
  hold(app: string | null, reason: string, by: string): Promise<Hold>
  release(app: string | null, by: string): Promise<Hold[]>
}

interface Parts {
  readonly apps: AppStore
  readonly rollouts: Rollouts
  readonly gate: LockGate
}

/** Older ones are of no interest in a chat. */
const recentRollouts = 1_000

/** The actions over the coordinator's own parts. */
export function chatActions({ apps, rollouts, gate }: Parts): ChatActions {
  const recent = async (app: string | undefined) => {
    if (app !== undefined) await apps.source(app)
    return rollouts.list({ app, limit: recentRollouts })
  }
  return {
    async status(app) {
      const concerns = (apps: readonly string[] | null) => app === undefined || apps === null || apps.includes(app)
      const holds = (await gate.listHolds()).filter((hold) => concerns(hold.app === null ? null : [hold.app]))
      const freezes = gate.listFreezes().filter((freeze) => freeze.active && concerns(freeze.apps))
      const obstacles = [...holds.map(holdSentence), ...freezes.map(freezeSentence)]
      return { rollouts: latestOfEach(await recent(app)), obstacles }
    },
    async queue(app) {
      const waiting = (await recent(app)).filter(({ phase }) => phase === 'queued')
      return waiting.sort((a, b) => a.createdAtMs - b.createdAtMs)
    },
    join(app, { rev, why, by }) {
      const request: RolloutRequest = { app, revision: rev, why, by }
      return rollouts.request(request)
    },
    leave: (id, by) => rollouts.leave(id, `left the queue (by ${by})`),
    async hold(app, reason, by) {
      if (app !== null) await apps.source(app)
      return gate.hold({ app, reason, by })
    },
    release: (app, by) => gate.releaseApp(app, by),
  }
}

/** @param rollouts newest first. One that waits says less than the one it waits for. */
function latestOfEach(rollouts: readonly RolloutSummary[]): RolloutSummary[] {
  const latest = new Map<string, RolloutSummary>()
  for (const rollout of rollouts) {
    const known = latest.get(rollout.app)
    if (known === undefined || known.phase === 'queued') latest.set(rollout.app, rollout)
  }
  return [...latest.values()].sort((a, b) => (a.app < b.app ? -1 : 1))
}
