import { type HookName, hookNames, type ReleaseManifest } from '../../proto/release-manifest.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { substituted } from '../process/environment.ts'
import { commandRefusal, decisiveVariable } from './command-rules.ts'
import type { LimitsConfig } from './config.ts'
import { DeployPaths } from './deploy-paths.ts'
import { isAllowedUrl } from './hook-urls.ts'

interface Options {
  readonly limits: LimitsConfig
  readonly deployRoot: string
  readonly dataDirectory: string
  /** Of this host: they stand in URLs of hooks. */
  readonly environment: Readonly<Record<string, string>>
  /** Whom a release runs as that names nobody. */
  readonly ownUser: string
}

/** What a release may ask for on this host, whoever signed it. */
export class HostLimits {
  readonly #options: Options
  readonly #paths: DeployPaths

  constructor(options: Options) {
    const { limits, deployRoot, dataDirectory } = options
    this.#options = options
    this.#paths = new DeployPaths({ allowed: limits.deployPaths, deployRoot, dataDirectory })
  }

  /** @throws {RookeryError} NOT_ALLOWED_HERE that names the field of the manifest and the setting. */
  async check(manifest: ReleaseManifest): Promise<void> {
    this.#checkSizes(manifest)
    this.#checkUser(manifest)
    this.#checkCommands(manifest)
    this.#checkUrls(manifest)
    const { path } = manifest.deploy
    const refusal = await this.#paths.refusal(path)
    if (refusal !== undefined) throw notAllowed('deploy.path', path, refusal, 'deployPaths')
  }

  /** The URL of a hook once its variables are known. @throws {RookeryError} NOT_ALLOWED_HERE. */
  checkUrl(name: HookName, url: URL): void {
    const { hookUrls } = this.#options.limits
    if (hookUrls && !isAllowedUrl(url, hookUrls))
      throw notAllowed(
        `deploy.hooks.${name}.http`,
        url.origin + url.pathname,
        'it begins with none of the allowed',
        'hookUrls',
      )
  }

  #checkSizes({ artifact }: ReleaseManifest): void {
    const { maxArtifactBytes, maxUnpackedBytes, maxEntries } = this.#options.limits
    const check = (field: 'bytes' | 'unpackedBytes' | 'entries', most: number, setting: keyof LimitsConfig) => {
      const value = artifact[field]
      if (value > most) throw notAllowed(`artifact.${field}`, String(value), `${most} is the most`, setting)
    }
    check('bytes', maxArtifactBytes, 'maxArtifactBytes')
    check('unpackedBytes', maxUnpackedBytes, 'maxUnpackedBytes')
    check('entries', maxEntries, 'maxEntries')
  }

  #checkUser({ deploy }: ReleaseManifest): void {
    const { limits, ownUser } = this.#options
    const user = deploy.user ?? ownUser
    if (!limits.users || limits.users.includes(user)) return
    const why = deploy.user === undefined ? 'that is the agent’s own, for want of another' : 'it is none of the allowed'
    throw notAllowed('deploy.user', user, why, 'users')
  }

  #checkCommands({ deploy }: ReleaseManifest): void {
    const { commands } = this.#options.limits
    if (!commands) return
    const { run, hooks, readiness } = deploy
    const named = [
      ...hookNames.flatMap((name) => {
        const hook = hooks[name]
        return hook && 'command' in hook ? [[`deploy.hooks.${name}.command`, hook.command] as const] : []
      }),
      ...(run ? [['deploy.run.command', run.command] as const] : []),
      ...readiness.probes.flatMap((probe, index) =>
        'command' in probe ? [[`deploy.readiness.probes.${index}.command`, probe.command] as const] : [],
      ),
    ]
    for (const [field, command] of named) {
      const refusal = commandRefusal(command, commands)
      if (refusal !== undefined) throw notAllowed(field, JSON.stringify(command), refusal, 'commands')
    }
    const variable = run && decisiveVariable(run.environment)
    if (variable !== undefined)
      throw notAllowed(
        'deploy.run.environment',
        variable,
        'it could make another program of an allowed one',
        'commands',
      )
  }

  /** Of variables that are not known yet, any value must do; the call itself is checked again. */
  #checkUrls({ deploy }: ReleaseManifest): void {
    const { limits, environment } = this.#options
    if (!limits.hookUrls) return
    for (const name of hookNames) {
      const hook = deploy.hooks[name]
      if (!hook || !('http' in hook)) continue
      const known = hook.http.replace(
        /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g,
        (_, variable: string) => environment[variable] ?? 'x',
      )
      if (!URL.canParse(known)) throw notAllowed(`deploy.hooks.${name}.http`, hook.http, 'it is no URL', 'hookUrls')
      this.checkUrl(name, new URL(substituted(known, {})))
    }
  }
}

function notAllowed(field: string, value: string, why: string, setting: keyof LimitsConfig): RookeryError {
  const shown = value.length > 200 ? `${value.slice(0, 200)}…` : value
  return new RookeryError(
    'NOT_ALLOWED_HERE',
    `this host does not allow ${field} ${shown}: ${why} (limits.${setting} of its configuration)`,
    { issues: [{ field, message: why }] },
  )
}
