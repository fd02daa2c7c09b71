import type { Connection } from './connection.ts'

/**
 * Who leaves so that a peer of this host gets in, where every place is taken. One host must not take them all, under however
 * many names: of one that has more than half, the newest goes that has brought nothing. Undefined when nobody need go.
 */
export function whoMakesRoom(
  connections: Iterable<Connection>,
  host: string,
  maxPeers: number,
): Connection | undefined {
  const byHost = Map.groupBy(connections, (connection) => connection.host)
  for (const [crowd, theirs] of byHost) {
    if (crowd === host || theirs.length <= maxPeers / 2) continue
    return theirs.findLast(({ hasSentBlock }) => !hasSentBlock) ?? theirs.at(-1)
  }
  return undefined
}
