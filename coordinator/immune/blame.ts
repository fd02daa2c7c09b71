import type { Suspect } from '../../proto/http/immune.ts'

/** A rollout that moved hosts of late. */
export interface Mover {
  readonly rolloutId: string
  readonly app: string
  /** When each host was ready on its release, in epoch ms. */
  readonly movedAtMs: ReadonlyMap<string, number>
}

/** Since when a host is bad, in epoch ms; null for one that is well. */
export type Onsets = ReadonlyMap<string, number | null>

/** A counter is known to ten seconds: what turned bad up to so long before the move may have done so after it. */
const slackMs = 10_000
/** What turns bad so long after a move is half as likely to come from it as what turns bad at once. */
const halfLifeMs = 120_000

/**
 * Who is likely to have made hosts bad, likeliest first: the score is the share of the bad hosts that a rollout moved
 * before they turned bad, times the share of its hosts that are bad, times how soon they were.
 */
export function suspectsOf(movers: readonly Mover[], onsets: Onsets): Suspect[] {
  return movers.map((mover) => suspect(mover, onsets)).sort((a, b) => b.score - a.score)
}

function suspect({ rolloutId, app, movedAtMs }: Mover, onsets: Onsets): Suspect {
  const bad = [...onsets].flatMap(([host, sinceMs]) => (sinceMs === null ? [] : [{ host, sinceMs }]))
  const known = [...movedAtMs.keys()].filter((host) => onsets.has(host))
  const hits = bad.flatMap(({ host, sinceMs }) => {
    const atMs = movedAtMs.get(host)
    return atMs === undefined || sinceMs < atMs - slackMs ? [] : [Math.max(0, sinceMs - atMs)]
  })
  if (hits.length === 0) {
    return { rolloutId, app, score: 0, reason: `moved none of ${bad.length} bad hosts before they turned bad` }
  }
  const soon = hits.reduce((sum, afterMs) => sum + 0.5 ** (afterMs / halfLifeMs), 0) / hits.length
  const score = (hits.length / bad.length) * (hits.length / known.length) * soon
  const meanMs = hits.reduce((sum, afterMs) => sum + afterMs, 0) / hits.length
  const well = known.filter((host) => onsets.get(host) === null).length
  const reason = `moved ${hits.length} of ${bad.length} bad hosts, ${Math.round(meanMs / 1000)} s before they turned bad on average; ${well} of its hosts are well`
  return { rolloutId, app, score: Number(score.toFixed(3)), reason }
}

/** Whether another rollout fits so much better that taking this one back would hit the wrong one. */
export function isAnothers(suspects: readonly Suspect[], rolloutId: string): boolean {
  const own = suspects.find((one) => one.rolloutId === rolloutId)?.score ?? 0
  const [first] = suspects
  return first !== undefined && first.rolloutId !== rolloutId && first.score > 1.5 * own
}
