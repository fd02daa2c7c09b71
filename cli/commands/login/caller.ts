import type { Caller } from '../../../proto/http/access.ts'

/** `token:4f2a9c1d2e (ci), deployer of hello`. */
export function callerPhrase({ principal, name, role, apps }: Caller): string {
  const of = apps === null ? '' : ` of ${apps === '*' ? 'all apps' : apps.join(', ')}`
  return `${principal}${name === principal ? '' : ` (${name})`}, ${role}${of}`
}
