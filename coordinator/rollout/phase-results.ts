import type { PhaseResult } from '../../proto/http/api.ts'
import { type PhaseReport, PhaseState, phaseName } from '../../proto/session.ts'
import { GroupedWork } from '../../runtime/grouped-work.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/schema.ts'

type Row = Tables['phase_result']

/** How each phase of each attempt ended on each host: what a hook answered, and how long it took. */
export class PhaseResults {
  readonly #database: Database
  readonly #logger: Logger
  readonly #writes = new GroupedWork<Row>((rows) => this.#store(rows))

  constructor({ database, logger }: { readonly database: Database; readonly logger: Logger }) {
    this.#database = database
    this.#logger = logger
  }

  /** Notes a phase that has ended; told again, it stays as it was. No rollout waits for it. */
  add(host: string, report: PhaseReport): void {
    const { rolloutId, attemptId, phase, state } = report
    if (rolloutId === '' || state === PhaseState.PHASE_STATE_STARTED) return
    const row = {
      ...{ rollout_id: rolloutId, host, attempt_id: attemptId, phase: phaseName(phase) },
      succeeded: state === PhaseState.PHASE_STATE_SUCCEEDED ? 1 : 0,
      exit_code: report.hasExitCode ? report.exitCode : null,
      duration_ms: report.durationMs,
      at_ms: report.atMs,
      error_code: report.errorCode,
      error_message: report.errorMessage,
    }
    this.#writes.add(row).catch((error) => this.#logger.error({ error, host }, 'the end of a phase was not stored'))
  }

  /** Resolves when all that was noted is stored. */
  async flush(): Promise<void> {
    await this.#writes.idle()
  }

  /** In the order in which they ended, by the hosts' own clocks. */
  async ofRollout(rolloutId: string, host: string | undefined): Promise<PhaseResult[]> {
    let select = this.#database
      .selectFrom('phase_result')
      .selectAll()
      .where('rollout_id', '=', rolloutId)
      .orderBy('at_ms')
    if (host !== undefined) select = select.where('host', '=', host)
    return (await select.execute()).map((row) => ({
      ...{ host: row.host, attemptId: row.attempt_id, phase: row.phase, succeeded: row.succeeded === 1 },
      ...{ exitCode: row.exit_code, durationMs: row.duration_ms, atMs: row.at_ms },
      failure: row.error_code === '' ? null : { code: row.error_code, message: row.error_message },
    }))
  }

  async #store(rows: readonly Row[]): Promise<void> {
    await this.#database
      .insertInto('phase_result')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['rollout_id', 'host', 'attempt_id', 'phase']).doNothing())
      .execute()
  }
}
