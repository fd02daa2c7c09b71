import type { JWTPayload } from 'jose'
import { RookeryError } from '../../runtime/errors.ts'
import { isLoopback } from '../../runtime/http-server.ts'
import type { OidcConfig, RoleRule } from './config.ts'
import { hasRole, type Principal } from './principal.ts'

type Grant = Pick<Principal, 'role' | 'apps'>

/**
 * What the claims let their bearer do, by the rules of the configuration: the highest of the roles, and as a deployer the
 * apps of all rules that fit. Undefined when none fits.
 */
export function grantOf(claims: JWTPayload, { rolesClaim, roles }: OidcConfig): Grant | undefined {
  const values = new Set(textsOf(claimAt(claims, rolesClaim)))
  const fitting = roles.filter(({ value }) => values.has(value))
  const highest = fitting.reduce<RoleRule | undefined>(
    (best, rule) => (best && hasRole(best, rule.role) ? best : rule),
    undefined,
  )
  if (!highest) return undefined
  const apps = fitting.flatMap(({ role, apps = [] }) => (role === 'deployer' ? apps : []))
  return { role: highest.role, apps: apps.includes('*') ? '*' : [...new Set(apps)] }
}

/** A claim by its name, or by a dotted path where no claim has that name; Keycloak puts roles into objects. */
export function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path.split('.').reduce<unknown>((value, key) => {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    return isObject ? (value as Record<string, unknown>)[key] : undefined
  }, claims)
}

/** @throws {RookeryError} CONFIG_INVALID where the schema alone cannot tell. */
export function checkOidcConfig({ issuer, roles }: OidcConfig): void {
  requireSafeUrl(issuer, 'oidc.issuer')
  for (const [index, { role, apps }] of roles.entries()) {
    if ((role === 'deployer') === (apps !== undefined)) continue
    const what = role === 'deployer' ? 'a deployer needs apps, or "*"' : `apps are for deployers, not for role ${role}`
    throw new RookeryError('CONFIG_INVALID', `oidc.roles[${index}]: ${what}`)
  }
}

/** Keys that came over plain HTTP are anybody's keys. */
export function requireSafeUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
  if (url && isSafe) return url
  throw new RookeryError('CONFIG_INVALID', `${name}: ${text} is no https URL`)
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
