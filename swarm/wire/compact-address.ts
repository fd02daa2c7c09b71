import { isIPv4, isIPv6 } from 'node:net'

/** Splits `host:port`, brackets around an IPv6 host or not; undefined when it is none. */
export function parseAddress(address: string): { host: string; port: number } | undefined {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = Number(address.slice(colon + 1))
  return host !== '' && Number.isInteger(port) && port > 0 && port < 65_536 ? { host, port } : undefined
}

/** Addresses by family as peers exchange them (BEP 11, 23, 32): 4 or 16 bytes of host, 2 of port. Names are left out. */
export function encodeCompact(addresses: readonly string[]): { ipv4: Uint8Array; ipv6: Uint8Array } {
  const parsed = addresses.flatMap((address) => parseAddress(address) ?? [])
  const bytes = (isFamily: (host: string) => boolean, hostBytes: (host: string) => number[]) =>
    Uint8Array.from(
      parsed
        .filter(({ host }) => isFamily(host))
        .flatMap(({ host, port }) => [...hostBytes(host), port >> 8, port & 0xff]),
    )
  return { ipv4: bytes(isIPv4, (host) => host.split('.').map(Number)), ipv6: bytes(isIPv6, ipv6Bytes) }
}

/** The addresses in compact form; bytes at the end that are no whole address and port 0 are left out. */
export function decodeCompact(bytes: Uint8Array, family: 4 | 6): string[] {
  const hostBytes = family === 4 ? 4 : 16
  const addresses: string[] = []
  for (let at = 0; at + hostBytes + 2 <= bytes.length; at += hostBytes + 2) {
    const host = bytes.subarray(at, at + hostBytes)
    const port = bytes[at + hostBytes]! * 256 + bytes[at + hostBytes + 1]!
    if (port > 0) addresses.push(`${family === 4 ? host.join('.') : `[${ipv6Text(host)}]`}:${port}`)
  }
  return addresses
}

function ipv6Bytes(host: string): number[] {
  // The URL parser knows every way to write one, an IPv4 tail too, and writes hexadecimal groups.
  const text = new URL(`http://[${host}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)]
  const zeros = new Array<number>(8 - before.length - after.length).fill(0)
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff])
}

function ipv6Text(host: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => (host[2 * index]! * 256 + host[2 * index + 1]!).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
