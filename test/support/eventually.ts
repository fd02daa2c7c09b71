/**
 * Asks again and again, a few times a second, until `check` gives a value; for what another process makes true.
 * @throws {Error} with `what` and the last failure when the deadline passes.
 */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 30_000,
): Promise<T> {
  const endMs = performance.now() + deadlineMs
  let last: unknown
  for (;;) {
    try {
      const value = await check()
      if (value !== undefined && value !== false) return value
    } catch (error) {
      last = error
    }
    if (performance.now() > endMs)
      throw new Error(`not within ${deadlineMs} ms: ${what}${last ? ` (${String(last)})` : ''}`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
