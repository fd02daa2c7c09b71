import { runService } from '../runtime/service.ts'
import { AgentConfig } from './config.ts'
import { composeAgent } from './service.ts'

/** `rookery agent`: runs until it is told to stop; resolves with the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runService({ name: 'agent', schema: AgentConfig, compose: composeAgent }, args)
}
