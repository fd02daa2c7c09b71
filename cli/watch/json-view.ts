import type { ApiEvent } from '../../proto/http/api.ts'
import type { Output } from '../terminal/output.ts'
import type { RolloutView } from './watcher.ts'

/** Every event as a line of JSON, just as the coordinator told it. */
export class JsonRolloutView implements RolloutView {
  readonly showsLog = false
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  event(event: ApiEvent): void {
    this.#output.object(event)
  }

  update(): void {}
  log(): void {}

  notice(text: string): void {
    this.#output.note(text)
  }

  close(): void {}
}
