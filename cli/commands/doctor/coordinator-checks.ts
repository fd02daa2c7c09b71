import type { ServiceReport } from '../../../proto/http/fleet.ts'
import { exitCodes, type RookeryError, toRookeryError } from '../../../runtime/errors.ts'
import type { Invocation } from '../../invocation.ts'
import { packageVersion } from '../../package-root.ts'
import { formatDuration } from '../../terminal/format.ts'

/** One thing that the doctor looked at. */
export interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  /** What to do about it; null when all is well. */
  readonly advice: string | null
}

/** Further apart, times in logs and events mislead who reads them. */
const maxClockOffMs = 2_000

/** Looks at the coordinator from here. The exit code is that of the first thing that keeps the others from being looked at. */
export async function checkCoordinator({ api, clock }: Invocation): Promise<{ checks: Check[]; exitCode: number }> {
  const { url } = api.endpoint
  const askedMs = clock.now()
  try {
    const report = await api.checkServices()
    const tookMs = clock.now() - askedMs
    const checks = [
      well('coordinator', `${url} answers and is ready`),
      well('token', api.endpoint.token === undefined ? 'the coordinator asks for none' : 'the coordinator takes it'),
      ...reportChecks(report, { nowMs: clock.now(), tookMs, version: packageVersion() }),
    ]
    return { checks, exitCode: checks.every(({ ok }) => ok) ? exitCodes.done : exitCodes.rolloutFailed }
  } catch (thrown) {
    const error = toRookeryError(thrown)
    return { checks: refusalChecks(url, error), exitCode: error.kind.exitCode }
  }
}

/** @param seen when the answer came, and how long it took. */
export function reportChecks(
  { version, atMs, services }: ServiceReport,
  seen: { readonly nowMs: number; readonly tookMs: number; readonly version: string },
): Check[] {
  const aheadMs = atMs - seen.nowMs
  // It was read at some time while we waited.
  const isInTime = Math.abs(aheadMs) <= maxClockOffMs + seen.tookMs
  const off = `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s`
  return [
    version === seen.version
      ? well('version', `both are ${version}`)
      : ill('version', `the coordinator is ${version}, this command line ${seen.version}`, 'install the same version'),
    isInTime
      ? well('clock', 'the coordinator’s agrees with this machine’s')
      : ill('clock', `the coordinator’s is ${off}`, 'have both set by NTP'),
    ...services.map(({ name, ok, detail }) => {
      if (ok) return well(name, detail)
      return ill(name, detail, `look at the ${name}’s log, and at ${name}.controlUrl and .token of the coordinator`)
    }),
  ]
}

function refusalChecks(url: string, { code, message }: RookeryError): Check[] {
  if (code === 'UNAUTHORIZED')
    return [
      well('coordinator', `${url} answers`),
      ill('token', message, 'rookery login, or give a token by --token-file or ROOKERY_TOKEN'),
    ]
  if (code === 'UNAVAILABLE') return [ill('coordinator', message, 'wait, or look at the coordinator’s log')]
  if (code === 'NOT_FOUND')
    return [ill('version', 'the coordinator is too old to be asked', 'install the same version')]
  return [ill('coordinator', message, 'start it, or name it by --coordinator or ROOKERY_COORDINATOR')]
}

function well(check: string, detail: string): Check {
  return { check, ok: true, detail, advice: null }
}

function ill(check: string, detail: string, advice: string): Check {
  return { check, ok: false, detail, advice }
}
