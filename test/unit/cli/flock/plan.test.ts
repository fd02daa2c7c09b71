import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { planFlock } from '../../../../cli/flock/plan.ts'
import { checkPorts } from '../../../../cli/flock/port-check.ts'
import { RookeryError } from '../../../../runtime/errors.ts'

const options = { agents: 8, pools: ['web', 'api', 'jobs'], directory: '/flock', port: 7070 }

describe('planning a flock', () => {
  it('gives every host a name, a pool and an app port of its own', () => {
    const { hosts, services } = planFlock(options)
    assert.deepEqual(
      hosts.map((host) => host.name),
      ['web-1', 'api-1', 'jobs-1', 'web-2', 'api-2', 'jobs-2', 'web-3', 'api-3'],
    )
    assert.equal(hosts[7]?.appUrl, 'http://127.0.0.1:7177')
    assert.deepEqual(
      services.central.map((service) => service.name),
      ['tracker', 'seeder'],
    )
    assert.equal(services.coordinator.joins, undefined)
    assert.deepEqual(
      [...services.central, ...services.agents].map(({ joins }) => joins?.invitation),
      [{ service: 'tracker' }, { service: 'seeder' }, ...hosts.map(({ pool }) => ({ pools: [pool] }))],
    )
    assert.equal(services.agents[0]?.readyUrl, 'http://127.0.0.1:7080/readyz')
  })

  it('never plans a port twice, and spreads hosts evenly', () => {
    const pools = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 300 }), pools, (agents, names) => {
        const plan = planFlock({ ...options, agents, pools: names })
        const ports = plan.ports.map(({ port, protocol }) => `${port}/${protocol}`)
        assert.equal(new Set(ports).size, ports.length)
        const sizes = names.map((name) => plan.hosts.filter((host) => host.pool === name).length)
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
        assert.equal(new Set(plan.hosts.map((host) => host.name)).size, agents)
      }),
      { numRuns: 50 },
    )
  })

  it('refuses what cannot be planned', () => {
    for (const wrong of [{ pools: ['web', 'web'] }, { pools: [''] }, { agents: 2 }, { port: 65_500 }]) {
      assert.throws(
        () => planFlock({ ...options, ...wrong }),
        (error) => error instanceof RookeryError && error.code === 'USAGE',
      )
    }
  })
})

describe('checking ports', () => {
  it('names each taken port and what it is for', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await Promise.all([once(server, 'listening'), once(socket, 'listening')])
    const tcp = (server.address() as AddressInfo).port
    const udp = socket.address().port
    try {
      await assert.rejects(
        checkPorts([
          { port: tcp, protocol: 'tcp', use: 'the coordinator' },
          { port: udp, protocol: 'udp', use: "the tracker's UDP announces" },
        ]),
        (error: RookeryError) => {
          assert.equal(error.code, 'PORT_IN_USE')
          assert.equal(error.kind.exitCode, 2)
          assert.match(error.message, new RegExp(`port ${tcp} \\(tcp, for the coordinator\\) is in use`))
          assert.match(error.message, new RegExp(`port ${udp} \\(udp, `))
          return true
        },
      )
    } finally {
      server.close()
      socket.close()
    }
    await checkPorts([{ port: tcp, protocol: 'tcp', use: 'the coordinator' }])
  })
})
