import type { FastifyRequest } from 'fastify'
import type { Hold } from '../../proto/http/api.ts'
import type { AppsOf } from '../access/route-access.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Rollouts } from '../rollout/rollouts.ts'

/** The app that the body names; a null there is for all apps. */
export const appOfBody: AppsOf = ({ body }) => {
  const { app } = body as { readonly app: string | null }
  return app === null ? 'all' : [app]
}

/** `?app=`, where `*` is for all apps. */
export const appOfQuery: AppsOf = ({ query }) => {
  const { app } = query as { readonly app: string }
  return app === '*' ? 'all' : [app]
}

/** The app of the rollout in the address. */
export function appOfRollout(rollouts: Pick<Rollouts, 'get'>): AppsOf {
  return async (request) => [(await rollouts.get(idOf(request))).app]
}

/** The app of the release in the address. */
export function appOfRelease(store: Pick<ReleaseStore, 'get'>): AppsOf {
  return async (request) => [(await store.get(idOf(request))).app]
}

/** The app of the hold in the address; none where there is no such hold, and then the route says so. */
export function appOfHold(gate: { listHolds(): Promise<Hold[]> }): AppsOf {
  return async (request) => {
    const hold = (await gate.listHolds()).find(({ id }) => id === idOf(request))
    if (!hold) return []
    return hold.app === null ? 'all' : [hold.app]
  }
}

function idOf({ params }: FastifyRequest): string {
  return (params as { readonly id: string }).id
}
