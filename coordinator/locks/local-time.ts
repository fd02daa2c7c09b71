import { type DateTime, IANAZone } from 'luxon'

/** A date and a time of the wall clock in some zone, written as if it were UTC. */
export type LocalMinute = DateTime

/** No change of a zone's clock reaches further. */
const reachMs = 26 * 3_600_000

/** The instant at which a zone's clock first shows a time or a later one; epoch ms. */
export function firstInstantOf(local: LocalMinute, timeZone: string): number {
  return Math.min(...instantsOf(local, timeZone))
}

/** The last instant at which a zone's clock comes to a time: it comes twice when the clock is put back. */
export function lastInstantOf(local: LocalMinute, timeZone: string): number {
  return Math.max(...instantsOf(local, timeZone))
}

/** One instant; two when the clock is put back over the time; the moment of the change when it leaves the time out. */
function instantsOf(local: LocalMinute, timeZone: string): number[] {
  const zone = IANAZone.create(timeZone)
  const localMs = local.toMillis()
  const offsetMs = (atMs: number) => zone.offset(atMs) * 60_000
  const candidates = [localMs - offsetMs(localMs - reachMs), localMs - offsetMs(localMs + reachMs)]
  const real = candidates.filter((atMs) => atMs + offsetMs(atMs) === localMs)
  if (real.length > 0) return real
  let [before, after] = [Math.min(...candidates), Math.max(...candidates)]
  const offsetBefore = offsetMs(before)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetMs(middle) === offsetBefore) before = middle
    else after = middle
  }
  return [after]
}
