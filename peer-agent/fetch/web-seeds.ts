import { type Random, shuffled } from '../../runtime/random.ts'
import type { WebSeeds } from '../../swarm/index.ts'

interface Options {
  /** As in the configuration: http, https, ws or wss. */
  readonly coordinatorUrl: string
  /** Shows our certificate; undefined in a trial on one machine. */
  readonly coordinatorFetch: typeof globalThis.fetch | undefined
  /** Base URLs, each ending in `/`. */
  readonly mirrors: readonly string[]
}

/**
 * Where a release's artifact can be had over HTTP when peers are too slow: mirrors in any order, so that the fleet spreads over
 * them, and the coordinator last. It alone is shown our certificate.
 */
export function webSeedsOf(
  { coordinatorUrl, coordinatorFetch, mirrors }: Options,
  releaseId: string,
  random: Random,
): WebSeeds {
  const base = coordinatorUrl.replace(/^ws/, 'http').replace(/\/+$/, '')
  const artifact = new URL(`${base}/api/v1/releases/${encodeURIComponent(releaseId)}/artifact`)
  const urls = [...shuffled(mirrors, random), artifact.href]
  if (coordinatorFetch === undefined) return { urls }
  return { urls, fetch: (url, init) => (originOf(url) === artifact.origin ? coordinatorFetch : fetch)(url, init) }
}

function originOf(input: Parameters<typeof fetch>[0]): string {
  return new URL(input instanceof Request ? input.url : input).origin
}
