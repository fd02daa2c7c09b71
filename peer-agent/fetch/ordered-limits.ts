import type { SwarmLimits } from '../../proto/http/api.ts'
import type { SwarmLimits as SwarmLimitsMessage } from '../../proto/session.ts'

/** The caps that a message orders: on the wire, 0 is none. */
export function orderedLimits(message: SwarmLimitsMessage): SwarmLimits {
  const { uploadMbitPerSecond, downloadMbitPerSecond, zoneMbitPerSecond } = message
  const zones = Object.entries(zoneMbitPerSecond).filter(([, mbit]) => mbit > 0)
  return {
    ...(uploadMbitPerSecond > 0 ? { uploadMbitPerSecond } : {}),
    ...(downloadMbitPerSecond > 0 ? { downloadMbitPerSecond } : {}),
    ...(zones.length > 0 ? { zoneMbitPerSecond: Object.fromEntries(zones) } : {}),
  }
}
