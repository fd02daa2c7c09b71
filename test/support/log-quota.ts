import { Value } from 'typebox/value'
import { LogsConfig } from '../../peer-agent/logs/config.ts'
import { LogQuota } from '../../peer-agent/logs/log-quota.ts'
import type { Clock } from '../../runtime/clock.ts'

/** The quota of an agent that was configured so; as agents come without it. */
export function logQuota(clock: Clock, config: Partial<LogsConfig> = {}): LogQuota {
  return new LogQuota({ ...(Value.Default(LogsConfig, {}) as LogsConfig), ...config }, clock)
}
