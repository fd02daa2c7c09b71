import { createHash, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../runtime/random.ts'

/** An API token in its two halves: one to find it by, one to prove it. */
export interface TokenParts {
  readonly id: string
  readonly secret: string
}

const secretBytes = 32
const idBytes = 5
// 43 characters of base64url are 32 bytes.
const form = /^rk_([0-9a-f]{10})_([A-Za-z0-9_-]{43})$/

export function mintToken(random: Random): TokenParts {
  return {
    id: Buffer.from(random.bytes(idBytes)).toString('hex'),
    secret: Buffer.from(random.bytes(secretBytes)).toString('base64url'),
  }
}

/** `rk_<id>_<secret>`: a prefix that scanners of leaked secrets can look for. */
export function formatToken({ id, secret }: TokenParts): string {
  return `rk_${id}_${secret}`
}

export function isApiToken(text: string): boolean {
  return text.startsWith('rk_')
}

/** Undefined for what is no token of ours. */
export function parseToken(text: string): TokenParts | undefined {
  const match = form.exec(text)
  return match ? { id: match[1]!, secret: match[2]! } : undefined
}

/** A plain hash is enough: 256 bits by chance cannot be guessed, however fast one may guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Takes the same time however much of it is right. */
export function isSecret(secret: string, hash: string): boolean {
  const given = Buffer.from(hashSecret(secret), 'hex')
  const expected = Buffer.from(hash, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
