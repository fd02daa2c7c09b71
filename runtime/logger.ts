import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

export type { Logger } from 'pino'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

interface LoggerOptions {
  readonly service: string
  readonly level: LogLevel
}

/** Fields that may hold a secret, wherever they turn up in a log object: replaced before the line is written. */
const secretFields = ['token', 'authorization', 'password', 'secret', 'privateKey', 'headers.authorization']

/**
 * The logger of one service: one JSON object a line. A line that belongs to a rollout is written
 * through `forRollout`, so that it bears the rollout's id.
 */
export function createLogger(options: LoggerOptions, destination?: DestinationStream): Logger {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`])
  return pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '[redacted]' },
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  )
}

export function forRollout(logger: Logger, rolloutId: string): Logger {
  return logger.child({ rolloutId })
}

export function silentLogger(): Logger {
  return pino({ level: 'silent' })
}
