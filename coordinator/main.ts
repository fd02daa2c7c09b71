import { runService } from '../runtime/service.ts'
import { CoordinatorConfig } from './config.ts'
import { composeCoordinator } from './service.ts'

/** `rookery coordinator`: runs until it is told to stop; resolves with the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runService({ name: 'coordinator', schema: CoordinatorConfig, compose: composeCoordinator }, args)
}
