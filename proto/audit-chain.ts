import { createHash } from 'node:crypto'
import type { AuditEntry, AuditVerification } from './http/access.ts'

/** What the first entry's `previousHash` is. */
export const chainStart = '0'.repeat(64)

/**
 * The hash of an entry: SHA-256 over its other fields as a JSON array (RFC 8259, no white space) in UTF-8, in the order
 * number, atMs, principal, action, target, parameters, source, result, previousHash. In lower-case hex.
 */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { number, atMs, principal, action, target, parameters, source, result, previousHash } = entry
  const fields = [number, atMs, principal, action, target, parameters, source, result, previousHash]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}

/** Goes over a chain, entry by entry, and stops at the first that is not as it was written. */
export class ChainCheck {
  #entries = 0
  #head: AuditVerification['head'] = null
  #broken: AuditVerification['broken'] = null

  /** @returns whether the chain is whole so far. */
  add(entry: AuditEntry): boolean {
    if (this.#broken) return false
    const detail = this.#fault(entry)
    if (detail !== undefined) this.#broken = { number: entry.number, detail }
    else {
      this.#entries++
      this.#head = { number: entry.number, hash: entry.hash }
    }
    return detail === undefined
  }

  /** What cannot even be read as an entry breaks the chain, too. */
  breakAt(number: number, detail: string): void {
    this.#broken ??= { number, detail }
  }

  get nextNumber(): number {
    return (this.#head?.number ?? 0) + 1
  }

  get result(): AuditVerification {
    return { ok: this.#broken === null, entries: this.#entries, head: this.#head, broken: this.#broken }
  }

  #fault(entry: AuditEntry): string | undefined {
    if (entry.number !== this.nextNumber)
      return `number ${this.nextNumber} was to follow: entries are missing, or out of order`
    if (entry.previousHash !== (this.#head?.hash ?? chainStart)) return 'it does not follow from the entry before it'
    if (entry.hash !== entryHash(entry)) return 'it was changed: its hash is not that of its fields'
    return undefined
  }
}
