import { type ChildProcess, spawn } from 'node:child_process'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { BuildStep } from '../app-config/rookery-yml.ts'

interface StepContext {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Gets stdout and stderr as they come. */
  readonly output: (data: Uint8Array) => void
  /** Kills the step and all it started when it fires. */
  readonly signal: AbortSignal
}

/** What a build sees of the coordinator's own environment; never its tokens. */
const inheritedVariables = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'USER',
  'SSH_AUTH_SOCK',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]

/**
 * Runs one build step in a process group of its own, so that its deadline ends whatever it started.
 * @throws {RookeryError} BUILD_FAILED that names the step and its exit code, signal or deadline.
 */
export async function runBuildStep(step: BuildStep, context: StepContext): Promise<void> {
  const [command, args] =
    typeof step.run === 'string' ? ['/bin/sh', ['-c', step.run]] : [step.run[0]!, step.run.slice(1)]
  const child = spawn(command, args, {
    cwd: context.directory,
    env: { ...inheritedEnvironment(), ...context.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  child.stdout.on('data', context.output)
  child.stderr.on('data', context.output)
  const deadline = AbortSignal.timeout(step.deadlineMs)
  const stop = AbortSignal.any([deadline, context.signal])
  const onStop = () => killGroup(child)
  stop.addEventListener('abort', onStop, { once: true })
  try {
    const { code, signal } = await exited(child)
    if (deadline.aborted) throw failure(step, `did not end within ${step.deadlineMs} ms and was killed`)
    if (context.signal.aborted) throw failure(step, 'was stopped')
    if (code !== 0) throw failure(step, signal ? `was ended by ${signal}` : `ended with exit code ${code}`)
  } catch (error) {
    if (error instanceof RookeryError) throw error
    throw failure(step, `could not be started: ${errorMessage(error)}`)
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}

export function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    inheritedVariables.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function exited(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    // `close` comes after the last output; a background process that holds the pipes open must not hold us.
    child.once('exit', (code, signal) => {
      const settle = () => resolve({ code, signal })
      const grace = setTimeout(() => {
        killGroup(child)
        settle()
      }, 2_000)
      child.once('close', () => {
        clearTimeout(grace)
        settle()
      })
    })
  })
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}

function failure(step: BuildStep, what: string): RookeryError {
  return new RookeryError('BUILD_FAILED', `build step ${JSON.stringify(step.name)} ${what}`)
}
