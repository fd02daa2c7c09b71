import type { FleetHost } from './plan.ts'
import { countOf, type RolloutPolicy } from './policy.ts'

export interface Step {
  readonly name: string
  readonly hosts: readonly FleetHost[]
  readonly bakeMs: number
}

/**
 * The canaries, then growing shares of all that move, canaries counted in, up to 100 % whatever the policy ends with.
 * Shares are rounded down; a step that adds nobody is left out.
 */
export function cutSteps(
  canaries: readonly FleetHost[],
  rest: readonly FleetHost[],
  { canary, steps }: Pick<RolloutPolicy, 'canary' | 'steps'>,
): Step[] {
  const total = canaries.length + rest.length
  const cut: Step[] = [{ name: 'canary', hosts: canaries, bakeMs: canary?.bakeMs ?? 0 }]
  let reached = canaries.length
  for (const share of [...steps, '100%']) {
    const target = Math.max(reached, countOf(share, total))
    cut.push({ name: share, hosts: rest.slice(reached - canaries.length, target - canaries.length), bakeMs: 0 })
    reached = target
  }
  return cut.filter(({ hosts }) => hosts.length > 0)
}
