import { runService } from '../runtime/service.ts'
import { TrackerConfig } from './config.ts'
import { composeTracker } from './service.ts'

/** `rookery tracker`: runs until it is told to stop; resolves with the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runService({ name: 'tracker', schema: TrackerConfig, compose: composeTracker }, args)
}
