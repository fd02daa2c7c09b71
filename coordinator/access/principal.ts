import { type Role, roles } from '../../proto/http/access.ts'

/** Who calls, as far as it is proved, and what that lets them do. */
export interface Principal {
  /** `token:<id>`, `oidc:<subject>`, `open`. */
  readonly id: string
  /** What people call it. */
  readonly name: string
  readonly role: Role
  /** What a deployer may deploy; `*` is every app. */
  readonly apps: readonly string[] | '*'
  /** When the credentials end; null for never. */
  readonly expiresAtMs: number | null
}

/** Everybody, where the coordinator asks for no credentials. */
export const openPrincipal: Principal = { id: 'open', name: 'open', role: 'admin', apps: '*', expiresAtMs: null }

export function hasRole({ role }: Pick<Principal, 'role'>, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least)
}

export function mayDeploy({ role, apps }: Pick<Principal, 'role' | 'apps'>, app: string): boolean {
  return role === 'admin' || (role === 'deployer' && (apps === '*' || apps.includes(app)))
}

/**
 * Who did something, for the record: what the client says about itself is a note, what it proved stands behind it.
 * `ann via token:4f2a9c1d2e`, `token:4f2a9c1d2e`; in open mode nothing is proved, and the note is all there is.
 */
export function recordedBy(principal: Principal | undefined, note: string | undefined): string | undefined {
  if (principal === undefined || principal.id === openPrincipal.id) return note
  return note === undefined ? principal.id : `${note} via ${principal.id}`
}
