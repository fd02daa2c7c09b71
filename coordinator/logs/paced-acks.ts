import type { SpoolBatch } from '../../proto/session.ts'
import { ByteAllowance } from '../../runtime/byte-allowance.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'

/** Taken at once, as after an outage: more than the spool of an agent that was not configured otherwise. */
const burstBytes = 128 * 1024 * 1024
/** An agent sends one batch and waits; one that owes as much does not wait. */
const mostDebtBytes = 16 * 1024 * 1024

/** Holds each host to its share of the log: it is told later what is stored, and sends no more until then. */
export class PacedAcks {
  readonly #bytesPerSecond: number
  readonly #clock: Clock
  readonly #hosts = new Map<string, ByteAllowance>()

  constructor({ bytesPerSecond }: { bytesPerSecond: number }, { clock }: { clock: Clock }) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
  }

  /** @throws {RookeryError} RATE_LIMITED for a host that does not wait. */
  check(host: string): void {
    const debtBytes = (this.#allowance(host).debtMs(this.#clock.monotonicMs()) / 1_000) * this.#bytesPerSecond
    if (debtBytes > mostDebtBytes)
      throw new RookeryError('RATE_LIMITED', 'this host sends logs faster than it may, without waiting to be told')
  }

  /** Calls `acknowledge` when the host may send more. */
  stored(host: string, batch: SpoolBatch, acknowledge: () => void): void {
    const bytes = batch.records.reduce((sum, { logChunk }) => sum + (logChunk?.data.length ?? 0), 0)
    const nowMs = this.#clock.monotonicMs()
    const allowance = this.#allowance(host)
    allowance.take(bytes, nowMs)
    const waitMs = allowance.debtMs(nowMs)
    if (waitMs > 0) this.#clock.after(waitMs, acknowledge)
    else acknowledge()
  }

  #allowance(host: string): ByteAllowance {
    let allowance = this.#hosts.get(host)
    if (!allowance) {
      allowance = new ByteAllowance({ bytesPerSecond: this.#bytesPerSecond, burstBytes }, this.#clock.monotonicMs())
      this.#hosts.set(host, allowance)
    }
    return allowance
  }
}
