import { type Random, shuffled } from '../../runtime/random.ts'
import type { WebSeeds } from '../../swarm/index.ts'

interface Options {
  /** As in the configuration: http, https, ws or wss. */
  readonly coordinatorUrl: string
  readonly coordinatorToken: string | undefined
  /** Base URLs, each ending in `/`. */
  readonly mirrors: readonly string[]
}

/**
 * Where a release's artifact can be had over HTTP when peers are too slow: mirrors in any order, so that the fleet spreads over
 * them, and the coordinator last. The token is in a header for the coordinator alone, never in a URL or a torrent.
 */
export function webSeedsOf(
  { coordinatorUrl, coordinatorToken, mirrors }: Options,
  releaseId: string,
  random: Random,
): WebSeeds {
  const base = coordinatorUrl.replace(/^ws/, 'http').replace(/\/+$/, '')
  const artifact = new URL(`${base}/api/v1/releases/${encodeURIComponent(releaseId)}/artifact`)
  const urls = [...shuffled(mirrors, random), artifact.href]
  if (coordinatorToken === undefined) return { urls }
  return { urls, headers: { [artifact.origin]: { authorization: `Bearer ${coordinatorToken}` } } }
}
