import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { decodeCompact, encodeCompact, parseAddress } from '../../../swarm/wire/compact-address.ts'

const port = fc.integer({ min: 1, max: 65_535 })

it('IPv4 addresses come back as they were', () => {
  const address = fc.tuple(fc.ipV4(), port).map(([host, number]) => `${host}:${number}`)
  fc.assert(
    fc.property(fc.array(address), (addresses) => {
      const { ipv4, ipv6 } = encodeCompact(addresses)
      assert.equal(ipv4.length, 6 * addresses.length)
      assert.equal(ipv6.length, 0)
      assert.deepEqual(decodeCompact(ipv4, 4), addresses)
    }),
  )
})

it('IPv6 addresses come back in their shortest form, however they were written', () => {
  const address = fc.tuple(fc.ipV6(), port)
  fc.assert(
    fc.property(fc.array(address), (addresses) => {
      const { ipv4, ipv6 } = encodeCompact(addresses.map(([host, number]) => `[${host}]:${number}`))
      assert.equal(ipv4.length, 0)
      assert.equal(ipv6.length, 18 * addresses.length)
      const shortest = addresses.map(([host, number]) => `${new URL(`http://[${host}]`).hostname}:${number}`)
      assert.deepEqual(decodeCompact(ipv6, 6), shortest)
    }),
  )
})

it('names, ports out of range and nonsense are left out', () => {
  const { ipv4, ipv6 } = encodeCompact(['example.org:80', '10.0.0.1:0', '10.0.0.1:65536', '10.0.0.1', ':5', '', 'x'])
  assert.equal(ipv4.length + ipv6.length, 0)
})

it('what is no whole address, and port 0, are left out', () => {
  const bytes = Uint8Array.from([10, 0, 0, 1, 0, 0, 10, 0, 0, 2, 26, 225, 10, 0, 0])
  assert.deepEqual(decodeCompact(bytes, 4), ['10.0.0.2:6881'])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
      for (const family of [4, 6] as const)
        for (const address of decodeCompact(any, family)) assert.ok(parseAddress(address), address)
    }),
  )
})

it('an address has a host and a port, brackets or not', () => {
  assert.deepEqual(parseAddress('[::1]:80'), { host: '::1', port: 80 })
  assert.deepEqual(parseAddress('::1:80'), { host: '::1', port: 80 })
  assert.deepEqual(parseAddress('host.example:6881'), { host: 'host.example', port: 6881 })
  for (const wrong of ['', ':80', 'host', 'host:', 'host:0', 'host:1.5', 'host:65536', 'host:-1'])
    assert.equal(parseAddress(wrong), undefined, wrong)
})
