import type { Efficiency } from '../../proto/http/api.ts'
import type { RolloutState } from '../rollout/state.ts'
import { judgeDistribution } from './judge-distribution.ts'

/**
 * How good a rollout's distribution was; null until every host has ended its fetch, and when none had anything to fetch.
 * @param capacity bytes per second that one host can receive; measured without it.
 */
export function efficiencyOf(state: RolloutState, capacity: number | undefined): Efficiency | null {
  const hosts = Object.values(state.hosts)
  if (hosts.some((host) => host.status.is === 'fetching')) return null
  const fetches = hosts.flatMap(({ host, totals, timing }) => (totals ? [{ host, totals, timing }] : []))
  const timing = fetches.find((fetch) => fetch.timing)?.timing
  return timing ? judgeDistribution(fetches, timing.bytesTotal, timing.piecesTotal, capacity) : null
}
