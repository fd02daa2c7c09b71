import type { FastifyContextConfig, FastifyRequest, RouteOptions } from 'fastify'
import type { Role } from '../../proto/http/access.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { hasRole, mayDeploy, type Principal } from './principal.ts'

/** Which apps a checked request is about: their names, or `all` for something that concerns every app. */
export type AppsOf = (request: FastifyRequest) => Promise<readonly string[] | 'all'> | readonly string[] | 'all'

/** Who may call a route: a role, and for deployers the apps the request is about. What concerns all apps is an admin's. */
export type RouteAccess = 'read' | 'admin' | { readonly least: Role; readonly apps: AppsOf }

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
    /** What the audit log calls a call of this route; null for one that changes nothing. */
    action?: string | null
    /** The answer stays open: it is counted, and cut when its reader's credentials end. */
    isStream?: boolean
  }
  interface FastifyRequest {
    /** Undefined on routes that are open. */
    principal: Principal | undefined
  }
}

/** A route for whoever may deploy the apps of the request. */
export function deploys(apps: AppsOf): RouteAccess {
  return { least: 'deployer', apps }
}

/**
 * Refuses routes that say nothing of who may call them, or what the audit log calls them: a forgotten line must not be an
 * open door. @throws {Error} a mistake of ours.
 */
export function checkRoutes(routes: readonly RouteOptions[]): void {
  for (const { method, url, config = {} as FastifyContextConfig } of routes) {
    const methods = [method].flat()
    const route = `${methods.join(', ')} ${url}`
    if (config.isOpen !== true && config.access === undefined)
      throw new Error(`the route ${route} does not say who may call it: config.access`)
    const isReading = methods.every((verb) => verb === 'GET' || verb === 'HEAD')
    if (!isReading && config.action === undefined)
      throw new Error(`the route ${route} does not say what the audit log calls it: config.action`)
  }
}

/** Before anything of the request is read. @throws {RookeryError} FORBIDDEN. */
export function requireRole(principal: Principal, access: RouteAccess | undefined): void {
  const least = access === undefined || access === 'read' ? 'viewer' : access === 'admin' ? 'admin' : access.least
  if (!hasRole(principal, least)) throw tooSmall(principal, `the role ${least}`)
}

/** Once the request is read and checked. @throws {RookeryError} FORBIDDEN; what looking for its apps throws. */
export async function requireApps(principal: Principal, access: RouteAccess | undefined, request: FastifyRequest) {
  if (typeof access !== 'object' || principal.role === 'admin') return
  const apps = await access.apps(request)
  if (apps === 'all') throw tooSmall(principal, 'the role admin, since it concerns all apps')
  const other = apps.find((app) => !mayDeploy(principal, app))
  if (other !== undefined) throw tooSmall(principal, `a deployer of ${other}`)
}

function tooSmall({ id, role, apps }: Principal, needed: string): RookeryError {
  const is =
    role === 'deployer' ? `a deployer of ${apps === '*' ? 'all apps' : apps.join(', ') || 'no app'}` : `a ${role}`
  return new RookeryError('FORBIDDEN', `this needs ${needed}; ${id} is ${is}`)
}
