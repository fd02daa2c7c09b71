import { randomBytes } from 'node:crypto'

/** Randomness as an injected dependency: seeded in tests and simulations, the system's own in production. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, limit). */
  below(limit: number): number
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = {
  next: () => Math.random(),
  below: (limit) => Math.floor(Math.random() * limit),
  bytes: (length) => new Uint8Array(randomBytes(length)),
}

/** The same numbers for the same seed, on every machine (sfc32 by Chris Doty-Humphrey, public domain). */
export function seededRandom(seed: number): Random {
  let a = seed | 0
  let b = 0x9e3779b9
  let c = 0x243f6a88
  let counter = 1
  const nextUint32 = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) nextUint32()
  return {
    next: () => nextUint32() / 2 ** 32,
    below: (limit) => Math.floor((nextUint32() / 2 ** 32) * limit),
    bytes: (length) => Uint8Array.from({ length }, () => nextUint32() & 0xff),
  }
}

/** A shuffled copy (Fisher-Yates); the order depends on nothing but `random`. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const swap = copy[last]!
    copy[last] = copy[other]!
    copy[other] = swap
  }
  return copy
}

/** `baseMs` spread by ± `share`, so that a fleet's retries do not arrive together. */
export function jittered(baseMs: number, share: number, random: Random): number {
  return baseMs * (1 - share + 2 * share * random.next())
}
