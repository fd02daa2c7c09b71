import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, matchesGlob, normalize, relative } from 'node:path'
import { errorMessage, systemErrorCode } from '../../runtime/errors.ts'

interface Options {
  /** Rules of the configuration; undefined for the default. */
  readonly allowed: readonly string[] | undefined
  readonly deployRoot: string
  readonly dataDirectory: string
}

/** In these, and below, nothing is deployed unless the configuration says so. */
const systemTrees = [
  ...['/bin', '/boot', '/dev', '/etc', '/lib*', '/proc', '/root', '/run', '/sbin', '/sys', '/usr'],
  ...['/var/lib/rookery*', '/var/lib/systemd', '/var/lib/dpkg', '/var/lib/rpm', '/var/run', '/var/spool/cron'],
]
/** Below these, but not in them. */
const parentsOfMany = ['/', '/home', '/var', '/var/lib', '/var/log', '/var/cache', '/var/spool']

/**
 * Where apps may be deployed. Paths are those of manifests, below the deploy root; each is looked at as it is written and
 * as what it really is once every link is followed.
 */
export class DeployPaths {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Why nothing may be deployed there; undefined when it may. */
  async refusal(deployPath: string): Promise<string | undefined> {
    const path = normalize(join('/', deployPath)).replace(/(?<=.)\/$/, '')
    const asWritten = this.#ruleRefusal(path, this.#options.allowed)
    if (asWritten !== undefined) return asWritten
    const real = [path, join(path, 'releases')].map((place) => this.#realRefusal(place))
    return (await Promise.all(real)).find((refusal) => refusal !== undefined)
  }

  async #realRefusal(path: string): Promise<string | undefined> {
    const { deployRoot, dataDirectory, allowed } = this.#options
    const place = await realPlace(join(deployRoot, path))
    if ('fault' in place) return place.fault
    const [root, data] = [await realPlace(deployRoot), await realPlace(dataDirectory)]
    if ('fault' in root || 'fault' in data) return 'what it really is cannot be found out'
    if (isWithin(place.path, data.path) || isWithin(data.path, place.path)) return 'the agent’s own data lies there'
    if (!isWithin(place.path, root.path)) return `it really is ${place.path}, outside the deploy root`
    const inside = join('/', relative(root.path, place.path))
    // What is not a link anywhere was judged as it is written.
    if (inside === path) return undefined
    const refusal = this.#ruleRefusal(inside, allowed && [...allowed, ...(await this.#realRules(allowed, root.path))])
    return refusal === undefined ? undefined : `it really is ${inside}, and ${refusal}`
  }

  /** Where the allowed directories really are: one of them may be a link of the operator's own. */
  async #realRules(allowed: readonly string[], root: string): Promise<string[]> {
    const { deployRoot } = this.#options
    const places = await Promise.all(
      allowed.filter((rule) => !isGlob(rule)).map((rule) => realPlace(join(deployRoot, rule))),
    )
    return places.flatMap((place) => ('fault' in place ? [] : join('/', relative(root, place.path))))
  }

  #ruleRefusal(path: string, allowed: readonly string[] | undefined): string | undefined {
    if (path === '/') return 'it is the whole file system'
    if (allowed) return allowed.some((rule) => isBelow(path, rule)) ? undefined : 'it is in none of the allowed'
    if (parentsOfMany.includes(path)) return 'it is shared by many'
    return systemTrees.some((tree) => isBelow(path, tree)) ? 'it is a directory of the system' : undefined
  }
}

/** The directory itself, or anything below. @param rule a directory or a glob of directories. */
function isBelow(path: string, rule: string): boolean {
  const directory = rule.replace(/(?<=.)\/+$/, '')
  if (!isGlob(directory)) return isWithin(path, directory)
  for (let place = path; place !== '/'; place = dirname(place)) if (matchesGlob(place, directory)) return true
  return false
}

function isGlob(rule: string): boolean {
  return /[*?[{]/.test(rule)
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

/** A path that changes under our eyes is looked at so often. */
const mostLooks = 5

/** What a path is once every link is followed; what of it does not exist yet stays as it is written. */
async function realPlace(
  path: string,
  looks = mostLooks,
): Promise<{ readonly path: string } | { readonly fault: string }> {
  try {
    return { path: await realpath(path) }
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') return { fault: `it cannot be looked at: ${errorMessage(error)}` }
  }
  // What a link to nowhere leads to may be made by anybody, later.
  const itself = await lstat(path).catch(() => undefined)
  if (itself?.isSymbolicLink()) return { fault: `${path} is a link to nowhere` }
  // Another app's deploy has made the directory between the two looks.
  if (itself) return looks > 1 ? realPlace(path, looks - 1) : { fault: `${path} comes and goes` }
  const parent = await realPlace(dirname(path))
  return 'fault' in parent ? parent : { path: join(parent.path, basename(path)) }
}
