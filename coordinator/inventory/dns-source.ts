import { Resolver } from 'node:dns/promises'
import { systemErrorCode } from '../../runtime/errors.ts'
import type { DnsSource } from './config.ts'
import type { InventoryHost } from './inventory-host.ts'

const timeoutMs = 3_000
const tries = 3
/** Answers that say: there is none. Any other failure says nothing. */
const none = new Set(['ENODATA', 'ENOTFOUND'])

/**
 * Hosts by DNS: the targets of SRV records, or whoever has the addresses of A and AAAA records. An address is named by
 * its PTR record, and by itself without one.
 * @throws {Error} when a server gives no answer.
 */
export async function hostsByDns(source: DnsSource, signal: AbortSignal): Promise<InventoryHost[]> {
  const resolver = new Resolver({ timeout: timeoutMs, tries })
  if (source.servers) resolver.setServers(source.servers)
  const onAbort = () => resolver.cancel()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const names = await namesOf(source, resolver)
    return names.map((name) => ({ name, pools: [source.pool], zone: source.zone ?? null, labels: {} }))
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function namesOf({ dns, type }: DnsSource, resolver: Resolver): Promise<string[]> {
  if (type === 'SRV') return (await orNone(resolver.resolveSrv(dns))).map(({ name }) => hostName(name))
  const addresses = await orNone(type === 'A' ? resolver.resolve4(dns) : resolver.resolve6(dns))
  return Promise.all(addresses.map((address) => nameOfAddress(address, resolver)))
}

async function nameOfAddress(address: string, resolver: Resolver): Promise<string> {
  const names = await orNone(resolver.reverse(address))
  // A host name has no colons.
  return hostName(names.sort()[0] ?? address.replaceAll(':', '-').replace(/^-/, '0-'))
}

function hostName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase()
}

async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer
  } catch (error) {
    if (none.has(systemErrorCode(error) ?? '')) return []
    throw error
  }
}
