import { seededRandom } from '../../runtime/random.ts'

/**
 * The names in an order that the seed decides. A name's rank depends on the seed and itself only, so a name more or
 * less leaves the others in their order.
 */
export function bySeed<T>(items: readonly T[], seed: number, nameOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, name: nameOf(item), rank: seededRank(nameOf(item), seed) }))
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ item }) => item)
}

/** A number in [0, 1). */
function seededRank(name: string, seed: number): number {
  return seededRandom(fnv1a(`${seed} ${name}`)).next()
}

/** 32 bits (Fowler, Noll and Vo; public domain), taken of UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
