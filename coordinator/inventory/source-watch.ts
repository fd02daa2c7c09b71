import type { KnownMember } from './answer-store.ts'
import type { InventoryHost } from './inventory-host.ts'

interface Rules {
  readonly graceMs: number
  readonly allowEmpty: boolean
}

/**
 * What a source's answer makes of the members known before: named ones are there, others stay until the grace time is over.
 * @param known null when this is its first answer.
 * @throws {Error} when it names nobody any more though that is not allowed: far more often a fault than the truth.
 */
export function nextMembers(
  known: readonly KnownMember[] | null,
  answer: readonly InventoryHost[],
  nowMs: number,
  { graceMs, allowEmpty }: Rules,
): KnownMember[] {
  const named = known?.filter((member) => member.goneSinceMs === null).length ?? 0
  if (answer.length === 0 && named > 0 && !allowEmpty)
    throw new Error(`names no host, and ${named} before; with allowEmpty that would be believed`)
  const names = new Set(answer.map((host) => host.name))
  const unnamed = (known ?? [])
    .filter((member) => !names.has(member.host.name))
    .map(({ host, goneSinceMs }) => ({ host, goneSinceMs: goneSinceMs ?? nowMs }))
    .filter(({ goneSinceMs }) => nowMs - goneSinceMs < graceMs)
  return [...answer.map((host) => ({ host, goneSinceMs: null })), ...unnamed]
}
