import type { Identity } from './identity.ts'
import type { TlsIdentity } from './tls-identity.ts'

/**
 * A `fetch` that shows our certificate and takes an answer from just this one. The HTTP client that can do so is large: it is
 * loaded with the first call.
 */
export function identityFetch(identity: TlsIdentity, server: Identity): typeof globalThis.fetch {
  let client: Promise<typeof globalThis.fetch> | undefined
  identity.onChange(() => {
    client = undefined
  })
  const create = async () => {
    const { Agent, fetch } = await import('undici')
    const dispatcher = new Agent({
      connect: { ...identity.secureContext, checkServerIdentity: identity.serverCheck(server) },
    })
    return ((input, init) => fetch(input as string, { ...(init as object), dispatcher })) as typeof globalThis.fetch
  }
  return async (input, init) => {
    client ??= create()
    return (await client)(input, init)
  }
}
