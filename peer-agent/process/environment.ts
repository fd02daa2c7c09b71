import { userVariables } from './launch.ts'
import type { SystemUser } from './system-user.ts'

/** The agent's own variables that hooks and apps may see: nothing of its configuration or its secrets is among them. */
const inherited = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR']

/** What a hook or the app is told about what it runs for. */
export interface ReleaseContext {
  readonly app: string
  readonly releaseId: string
  readonly revision: string
  readonly rolloutId: string
  /** 0 outside batches. */
  readonly batch: number
  readonly host: string
  readonly pools: readonly string[]
  /** What was live before the swap to this release; null when nothing was. */
  readonly previousReleaseId: string | null
  /** Absolute path that holds releases/, current and shared/. */
  readonly path: string
}

/**
 * The part of the agent's environment that is passed on, under what a login of the user would set, under the host's own
 * variables (`environment` of its configuration).
 */
export function hostEnvironment(
  agentEnvironment: Readonly<Record<string, string | undefined>>,
  configured: Readonly<Record<string, string>>,
  user?: SystemUser,
): Record<string, string> {
  const passed = inherited.flatMap((name) => {
    const value = agentEnvironment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passed), ...userVariables(user), ...configured }
}

/** The `ROOKERY_…` variables of hooks and apps; docs/hooks.md lists them. Ids also stand under their short names. */
export function rookeryVariables(context: ReleaseContext): Record<string, string> {
  const previousReleaseId = context.previousReleaseId ?? ''
  return {
    ROOKERY_APP: context.app,
    ROOKERY_RELEASE_ID: context.releaseId,
    ROOKERY_RELEASE: context.releaseId,
    ROOKERY_REVISION: context.revision,
    ROOKERY_ROLLOUT_ID: context.rolloutId,
    ROOKERY_ROLLOUT: context.rolloutId,
    ROOKERY_BATCH: String(context.batch),
    ROOKERY_HOST: context.host,
    ROOKERY_POOL: context.pools[0] ?? '',
    ROOKERY_POOLS: context.pools.join(','),
    ROOKERY_PREVIOUS_RELEASE_ID: previousReleaseId,
    ROOKERY_PREVIOUS_RELEASE: previousReleaseId,
    ROOKERY_PATH: context.path,
  }
}

/**
 * The text with every `${NAME}` replaced.
 * @throws {Error} that names the first variable the host does not have.
 */
export function substituted(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = environment[name]
    if (value === undefined) throw new Error(`${text}: ${name} is not set on this host`)
    return value
  })
}
