import type { Endpoint } from './http.ts'

type Fetch = typeof globalThis.fetch

const fetches = new WeakMap<Endpoint, Promise<Fetch>>()

/** What to call an endpoint with: Node's own `fetch`, or one that trusts the endpoint's authorities and no others. */
export function fetchOf(endpoint: Endpoint): Promise<Fetch> {
  const { authorities } = endpoint
  if (authorities === undefined) return Promise.resolve(globalThis.fetch)
  const known = fetches.get(endpoint) ?? trusting(authorities)
  fetches.set(endpoint, known)
  return known
}

/** Node's `fetch` cannot be told whom to trust; undici, of which it is made, can, and is loaded only where that is needed. */
async function trusting(authorities: string): Promise<Fetch> {
  const { Agent, fetch } = await import('undici')
  const dispatcher = new Agent({ connect: { ca: authorities } })
  return ((input, init) => fetch(input as string, { ...(init as object), dispatcher })) as Fetch
}
