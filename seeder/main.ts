import { runService } from '../runtime/service.ts'
import { SeederConfig } from './config.ts'
import { composeSeeder } from './service.ts'

/** `rookery seeder`: runs until it is told to stop; resolves with the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runService({ name: 'seeder', schema: SeederConfig, compose: composeSeeder }, args)
}
