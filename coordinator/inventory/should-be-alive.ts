import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { runForOutput } from '../process/run-command.ts'
import type { ShouldBeAliveConfig } from './config.ts'

interface Dependencies {
  readonly logger: Logger
}

/**
 * Whether a host that is away should be alive: true; false when it was taken down on purpose; null when nobody knows.
 * Never rejects.
 */
export type ShouldBeAlive = (host: string) => Promise<boolean | null>

const defaultDeadlineMs = 10_000
/** Stands for the host’s name. */
const placeholder = /\$\{host\}/g

/** @param config undefined: nobody knows of any host. */
export function shouldBeAlive(config: ShouldBeAliveConfig | undefined, { logger }: Dependencies): ShouldBeAlive {
  if (config === undefined) return async () => null
  return async (host) => {
    const deadlineMs = config.deadlineMs ?? defaultDeadlineMs
    try {
      return await ('http' in config
        ? askHttp(config.http, host, deadlineMs)
        : askCommand(config.command, host, deadlineMs))
    } catch (error) {
      logger.warn({ host }, `whether ${host} should be alive is not known: ${errorMessage(error)}`)
      return null
    }
  }
}

async function askHttp(url: string, host: string, deadlineMs: number): Promise<boolean> {
  const response = await fetch(url.replaceAll(placeholder, encodeURIComponent(host)), {
    signal: AbortSignal.timeout(deadlineMs),
  })
  await response.body?.cancel()
  if (response.ok) return true
  if (response.status === 404 || response.status === 410) return false
  throw new Error(`HTTP ${response.status}`)
}

/** `${host}` in a shell's text is the variable; in a list, it is replaced. */
async function askCommand(command: string | readonly string[], host: string, deadlineMs: number): Promise<boolean> {
  const words = typeof command === 'string' ? command : command.map((word) => word.replaceAll(placeholder, host))
  const options = { environment: { host }, deadlineMs, signal: new AbortController().signal }
  const { exitCode, stderr } = await runForOutput(words, options)
  if (exitCode === 0) return true
  if (exitCode === 1) return false
  throw new Error(`exit code ${exitCode}${stderr ? `: ${stderr}` : ''}`)
}
