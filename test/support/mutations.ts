import type { Random } from '../../runtime/random.ts'

/** Bytes by which lengths, numbers and ends are written where a mutation is to hit. */
const telling = Buffer.from('0123456789-:eidl\x00\xff')

/** The bytes with some of them changed, taken away, doubled or cut off. */
export function mutated(bytes: Uint8Array, random: Random): Buffer {
  let result = Buffer.from(bytes)
  for (let change = random.below(4); change >= 0 && result.length > 0; change--) {
    const at = random.below(result.length)
    const kind = random.below(6)
    if (kind <= 1) result[at] = random.below(256)
    else if (kind === 2) result[at] = telling[random.below(telling.length)]!
    else if (kind === 3) result = result.subarray(0, at)
    else if (kind === 4) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random.below(8))])
    else
      result = Buffer.concat([
        result.subarray(0, at),
        result.subarray(at, at + 1 + random.below(40)),
        result.subarray(at),
      ])
  }
  return result
}

/** Any bytes, at most so many. */
export function noise(random: Random, mostBytes: number): Buffer {
  return Buffer.from(random.bytes(random.below(mostBytes + 1)))
}

/** What keeps this process awake or open: sockets, timers, files, by kind and number. */
export function activeResources(): Record<string, number> {
  const kinds = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind)
  return Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]).sort())
}
