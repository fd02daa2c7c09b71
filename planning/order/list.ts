import { type Order, ordinal } from './ordered-host.ts'

/** As given. */
export const list: Order = (hosts) => hosts.map((host, index) => ({ host, why: `${ordinal(index + 1)} of the list` }))
