import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import type { Static, TObject } from 'typebox'
import { loadConfig } from './config.ts'
import { errorMessage, RookeryError, toRookeryError } from './errors.ts'
import { Lifecycle } from './lifecycle.ts'
import { createLogger, type Logger, type LogLevel } from './logger.ts'

/** What a service's composition root is handed. */
export interface ServiceContext<C> {
  readonly config: C
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  /** Ends the process in order, as SIGTERM would; for a fault the service cannot go on with. */
  readonly shutDown: (exitCode: number) => void
}

interface ServiceDefinition<S extends TObject> {
  readonly name: string
  readonly schema: S
  readonly compose: (context: ServiceContext<Static<S>>) => Promise<void> | void
}

/**
 * Runs one service in the foreground until SIGTERM or SIGINT: loads its configuration, composes it,
 * starts its components, tells systemd, and stops them in reverse. Resolves with the exit code.
 */
export async function runService<S extends TObject>(
  definition: ServiceDefinition<S>,
  args: readonly string[],
): Promise<number> {
  let logger: Logger | undefined
  try {
    const options = parseServiceArgs(definition.name, args)
    if (options === undefined) return 0
    const config = await loadConfig(definition.name, definition.schema, { ...options, environment: process.env })
    const level = ((config as { logLevel?: LogLevel }).logLevel ?? 'info') satisfies LogLevel
    logger = createLogger({ service: definition.name, level })
    return await runUntilSignal(definition, config, logger)
  } catch (thrown) {
    const error = toRookeryError(thrown)
    logger?.fatal({ code: error.code, error: error.code === 'INTERNAL' ? error : undefined }, error.message)
    process.stderr.write(`rookery ${definition.name}: ${error.message} (${error.code})\n`)
    return error.kind.exitCode
  }
}

async function runUntilSignal<S extends TObject>(
  definition: ServiceDefinition<S>,
  config: Static<S>,
  logger: Logger,
): Promise<number> {
  const lifecycle = new Lifecycle({ logger })
  let end: (exitCode: number) => void = () => {}
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })
  const onSignal = (signal: string) => {
    logger.info({ signal }, 'stopping')
    end(0)
  }
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
  // A fault nobody caught leaves a state nobody knows: say so and let the supervisor start us afresh.
  process.on('uncaughtException', (error) => {
    logger.fatal({ error }, 'uncaught exception')
    end(1)
  })

  await definition.compose({ config, logger, lifecycle, shutDown: end })
  await lifecycle.start()
  logger.info('ready')
  notifySystemd('--ready', logger)
  const exitCode = await ended
  notifySystemd('--stopping', logger)
  await lifecycle.stop()
  logger.info('stopped')
  return exitCode
}

function parseServiceArgs(name: string, args: readonly string[]): { file?: string; overrides: string[] } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        set: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      process.stdout.write(serviceHelp(name))
      return undefined
    }
    return { file: values.config, overrides: values.set }
  } catch (error) {
    throw new RookeryError('USAGE', `${errorMessage(error)}; see rookery ${name} --help`, { cause: error })
  }
}

function serviceHelp(name: string): string {
  return `Usage: rookery ${name} --config FILE [--set key.path=value]…

Runs the ${name} in the foreground until SIGTERM or SIGINT. Settings come from FILE (YAML), then from
ROOKERY_${name.toUpperCase()}_… variables, then from --set. docs/configuration.md lists them all.

Example:
  rookery ${name} --config /etc/rookery/${name}.yml --set logLevel=debug
`
}

/** Type=notify of systemd.service(5); Node cannot write to a datagram socket, systemd's own tool can. */
function notifySystemd(state: '--ready' | '--stopping', logger: Logger): void {
  if (!process.env.NOTIFY_SOCKET) return
  const child = spawn('systemd-notify', [state, `--pid=${process.pid}`], { stdio: 'ignore' })
  child.on('error', (error) => logger.warn({ error }, 'systemd-notify failed'))
}
