import { type Static, Type } from 'typebox'

/** The `logs` of the agent's configuration. */
export const LogsConfig = Type.Object(
  {
    maxBytesPerSecond: Type.Integer({
      minimum: 1024,
      default: 256 * 1024,
      description:
        'What one stream (the standard output of an app, say) may write in the long run, in bytes per second: 22 GB a day. What is more is left out, and its size is said in its place.',
    }),
    burstBytes: Type.Integer({
      minimum: 64 * 1024,
      default: 8 * 1024 * 1024,
      description: 'What a stream may write at once after it was quiet: the trace of a crash, or a busy start.',
    }),
    hostMaxBytesPerSecond: Type.Integer({
      minimum: 1024,
      default: 1024 * 1024,
      description:
        'What all streams of this host may write together in the long run, in bytes per second; at once, as many times `burstBytes` as this is `maxBytesPerSecond`. A few KiB per second of each stream pass in any case, so that a quiet one is heard beside those that flood.',
    }),
  },
  { additionalProperties: false, default: {} },
)
export type LogsConfig = Static<typeof LogsConfig>
