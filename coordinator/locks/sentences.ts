import type { Freeze, Hold } from '../../proto/http/api.ts'

/** Why no rollout starts, for people. */
export function holdSentence({ app, by, reason }: Pick<Hold, 'app' | 'by' | 'reason'>): string {
  return `${app ?? 'every app'} is held by ${by}: ${reason}`
}

/** The same of a freeze window that is active. */
export function freezeSentence({ name, changesAtMs }: Freeze): string {
  const until = changesAtMs === null ? '' : ` until ${new Date(changesAtMs).toISOString()}`
  return `freeze window ${name} is active${until}`
}
