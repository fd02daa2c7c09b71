import type { SwarmLimits } from '../../proto/http/api.ts'

/** Caps of one process, over all its torrents; what is not given is not capped. */
export interface BandwidthLimits {
  /** Of blocks, to all peers together. */
  readonly uploadBytesPerSecond?: number
  /** Of blocks, from all peers together. */
  readonly downloadBytesPerSecond?: number
  /**
   * To the peers of another zone together, by its name; `otherZones` is for all that are not named, together. Never
   * applies to peers of our own zone, nor to those that do not say where they are.
   */
  readonly perZone?: Readonly<Record<string, number>>
}

export const otherZones = '*'

const bytesPerMbit = 1_000_000 / 8

/** The caps of a configuration or an API call, in bytes a second. */
export function bandwidthLimits(limits: SwarmLimits): BandwidthLimits {
  const { uploadMbitPerSecond: upload, downloadMbitPerSecond: download, zoneMbitPerSecond: zones } = limits
  return {
    uploadBytesPerSecond: upload && upload * bytesPerMbit,
    downloadBytesPerSecond: download && download * bytesPerMbit,
    perZone: Object.fromEntries(Object.entries(zones ?? {}).map(([zone, mbit]) => [zone, mbit * bytesPerMbit])),
  }
}

/** Some caps over others: what is given in `over` counts, zone by zone; what is not stays as it was. */
export function layeredLimits(under: SwarmLimits, over: SwarmLimits): SwarmLimits {
  return { ...under, ...over, zoneMbitPerSecond: { ...under.zoneMbitPerSecond, ...over.zoneMbitPerSecond } }
}
