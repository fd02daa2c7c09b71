import { createHmac, timingSafeEqual } from 'node:crypto'

/** A request as it came, with the headers X-Slack-Request-Timestamp and X-Slack-Signature. */
export interface SignedRequest {
  readonly timestamp: string
  readonly signature: string
  readonly body: Buffer
}

/** How far the clocks may be apart. */
const toleranceSeconds = 300

/** Whether Slack sent the request, and lately (api.slack.com, “Verifying requests from Slack”, version v0). */
export function isFromSlack({ timestamp, signature, body }: SignedRequest, secret: string, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > toleranceSeconds) return false
  const given = Buffer.from(signature)
  const expected = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`,
  )
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Signatures that were taken: a request that somebody listened in on, or found in a proxy's log, is not taken again. */
export class TakenSignatures {
  readonly #takenAtMs = new Map<string, number>()

  /** False for one that was taken before. Only of requests that are signed well: others would fill the memory. */
  take(signature: string, nowMs: number): boolean {
    for (const [old, atMs] of this.#takenAtMs) {
      // Its time stamp may have been ahead of our clock by as much as it may lag behind.
      if (nowMs - atMs <= 2 * toleranceSeconds * 1000) break
      this.#takenAtMs.delete(old)
    }
    if (this.#takenAtMs.has(signature)) return false
    this.#takenAtMs.set(signature, nowMs)
    return true
  }
}
