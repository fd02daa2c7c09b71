import type { RolloutSummary } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { KeepOptions } from './config.ts'
import { CounterQueries } from './counter-queries.ts'
import type { CounterStore } from './counter-store.ts'
import { DeployMarks } from './deploy-marks.ts'
import { Renderer } from './graphite/render.ts'
import { CounterTree } from './graphite/tree.ts'

interface Dependencies {
  readonly store: CounterStore
  readonly hosts: { find(name: string): { readonly pools: readonly string[] } | undefined }
  readonly rollouts: { list(options: { app?: string; limit: number }): Promise<RolloutSummary[]> }
  readonly clock: Clock
}

/** What the API answers questions about counters from. */
export interface QueryParts {
  readonly counterQueries: CounterQueries
  readonly graphite: { readonly renderer: Renderer; readonly tree: CounterTree; readonly marks: DeployMarks }
}

export function composeQueries(keep: KeepOptions, { store, hosts, rollouts, clock }: Dependencies): QueryParts {
  const poolsOf = (host: string) => hosts.find(host)?.pools ?? []
  const marks = new DeployMarks({ rollouts })
  const tree = new CounterTree({ store, poolsOf })
  return {
    counterQueries: new CounterQueries(keep, { store, poolsOf, marks, clock }),
    graphite: { renderer: new Renderer(keep, { store, tree, clock }), tree, marks },
  }
}
