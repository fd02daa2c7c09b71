import type { DoorwayLimits } from '../swarm/index.ts'

/** Connections that announce, or say they will. */
export const announceDoor: DoorwayLimits = {
  // Of 10,000 hosts that announce every 30 s and stay for 5 s, some 1,700 are connected.
  maxConnections: 5_000,
  // A zone behind one router, or all agents of a trial on one machine.
  maxPerAddress: 2_000,
  maxUnintroduced: 1_000,
  maxUnintroducedPerAddress: 250,
  arrivals: { perSecond: 200, burst: 1_000 },
}
