import type { ChildProcess } from 'node:child_process'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { BuildStep } from '../app-config/rookery-yml.ts'
import { killGroup, spawnGroup } from '../process/command-group.ts'

interface StepContext {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Names of variables of the coordinator's own that the step gets, too. */
  readonly passes?: readonly string[]
  /** Gets stdout and stderr as they come. */
  readonly output: (data: Uint8Array) => void
  /** Kills the step and all it started when it fires. */
  readonly signal: AbortSignal
}

/**
 * Runs one build step in a process group of its own, so that its deadline ends whatever it started.
 * @throws {RookeryError} BUILD_FAILED that names the step and its exit code, signal or deadline.
 */
export async function runBuildStep(step: BuildStep, context: StepContext): Promise<void> {
  const child = spawnGroup(step.run, context)
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

function failure(step: BuildStep, what: string): RookeryError {
  return new RookeryError('BUILD_FAILED', `build step ${JSON.stringify(step.name)} ${what}`)
}
