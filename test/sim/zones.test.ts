import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { appear, createFleet, type Fleet, runUntilDone } from './scenario.ts'
import type { NodeOptions } from './simulation.ts'

interface ZonesOptions {
  readonly seed: number
  readonly zones?: number
  readonly linkMbit: number
  readonly isZoneKnown?: boolean
  readonly of?: (index: number) => NodeOptions
}

/** 16 hosts over two zones or more, the seeder in the first. */
function createZones({ seed, zones = 2, linkMbit, isZoneKnown = true, of }: ZonesOptions): Fleet {
  return createFleet(
    16,
    { seed, pieceCount: 64, zoneBytesPerSecond: linkMbit * 125_000 },
    {
      of: (index) => ({ zone: `z${index % zones}`, isZoneKnown, ...of?.(index) }),
      seeder: { zone: 'z0', isZoneKnown },
    },
  )
}

/** Artifact copies that came into the zone. */
function copiesInto({ simulation }: Fleet, zone: string): number {
  const links = [...simulation.zoneLinks].filter(([name]) => name.endsWith(` ${zone}`))
  return links.reduce((sum, [, link]) => sum + link.bytesCarried, 0) / simulation.size.totalBytes
}

/** When the last host of each zone was done, in ms from the seeder's appearance. */
function lastOfZones({ hosts }: Fleet, startMs: number): Map<string, number> {
  const last = new Map<string, number>()
  for (const { zone, completedMs } of hosts) last.set(zone!, Math.max(last.get(zone!) ?? 0, completedMs! - startMs))
  return last
}

describe('zones in the simulator', () => {
  for (const linkMbit of [10, 5]) {
    const seed = 400 + linkMbit
    it(`over a link of ${linkMbit} Mbit/s a piece crosses about once, and no zone ends later for it (seed ${seed})`, () => {
      const [labelled, plain] = [true, false].map((isZoneKnown) => {
        const fleet = createZones({ seed, linkMbit, isZoneKnown })
        const startMs = appear(fleet)
        runUntilDone(fleet.simulation, fleet.hosts, 600_000)
        return { fleet, last: lastOfZones(fleet, startMs) }
      })
      const copies = copiesInto(labelled!.fleet, 'z1')
      assert.ok(copies <= 1.5, `seed ${seed}: ${copies.toFixed(2)} copies crossed`)
      for (const [zone, ms] of labelled!.last) {
        const without = plain!.last.get(zone)!
        assert.ok(ms <= without, `seed ${seed}: ${zone} ended after ${ms} ms, without labels after ${without}`)
      }
    })
  }

  it('three zones get about one copy each', () => {
    const seed = 420
    const fleet = createZones({ seed, zones: 3, linkMbit: 10 })
    appear(fleet)
    runUntilDone(fleet.simulation, fleet.hosts)
    for (const zone of ['z1', 'z2']) {
      const copies = copiesInto(fleet, zone)
      assert.ok(copies <= 1.5, `seed ${seed}: ${copies.toFixed(2)} copies came into ${zone}`)
    }
  })

  it('a zone ends though a host dies that pieces were to come through', () => {
    const seed = 421
    const fleet = createZones({ seed, linkMbit: 10 })
    appear(fleet)
    const dying = fleet.hosts[1]!
    fleet.simulation.runFor(2_000)
    dying.kill()
    runUntilDone(
      fleet.simulation,
      fleet.hosts.filter((host) => host !== dying),
    )
    assert.ok(copiesInto(fleet, 'z1') <= 1.5, `seed ${seed}`)
  })

  it('a zone ends though a host that pieces were to come through is silent', () => {
    const seed = 422
    let isSilent = false
    const of = (index: number): NodeOptions =>
      index === 1 ? { tamper: (message) => (isSilent ? undefined : message) } : {}
    const fleet = createZones({ seed, linkMbit: 10, of })
    appear(fleet)
    fleet.simulation.runFor(2_000)
    isSilent = true
    runUntilDone(
      fleet.simulation,
      fleet.hosts.filter((host) => host.name !== 'host1'),
      400_000,
    )
  })
})
