import { createHmac, timingSafeEqual } from 'node:crypto'

/** A request as it came, with the headers X-Slack-Request-Timestamp and X-Slack-Signature. */
export interface SignedRequest {
  readonly timestamp: string
  readonly signature: string
  readonly body: Buffer
}

/** How far the clocks may be apart, and how long a request that was listened in on could be sent again. */
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
