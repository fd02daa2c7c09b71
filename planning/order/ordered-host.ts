import type { FleetHost } from '../plan.ts'

/** A host at its place, with a clause that says why it stands there, e.g. `web's 3rd of 10, spread over all`. */
export interface OrderedHost {
  readonly host: FleetHost
  readonly why: string
}

/** Who moves when. The same hosts and the same seed give the same order, on every machine. */
export type Order = (hosts: readonly FleetHost[], seed: number) => OrderedHost[]

/** The pool a host is counted in where it counts once: its first; empty for a host that is in none. */
export function firstPool(host: FleetHost): string {
  return host.pools[0] ?? ''
}

/** `web's 3rd of 10`; `place` counts from 1. */
export function placeInPool(pool: string, place: number, size: number): string {
  const words = `${ordinal(place)} of ${size}`
  return pool === '' ? `${words} without a pool` : `${pool}'s ${words}`
}

/** `1st`, `12th`, `23rd`. */
export function ordinal(count: number): string {
  const teen = count % 100 >= 11 && count % 100 <= 13
  const ending = teen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[count % 10]
  return `${count}${ending ?? 'th'}`
}
