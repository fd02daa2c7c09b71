import type { TestEvent } from 'node:test/reporters'

/**
 * Prints each failure in full and one line of summary. For the detail of every test there is
 * node's own: `node --test --test-reporter=spec FILE`.
 */
export default async function* summaryReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') continue
    if (event.type === 'test:fail') {
      const { error } = event.data.details
      if (isOnlyAParent(error)) continue
      counts.failed++
      const place = `${event.data.file ?? ''}:${event.data.line ?? ''}`
      const cause = error.cause instanceof Error ? error.cause : error
      yield `\n✖ ${event.data.name}\n  ${place}\n${String(cause.stack ?? cause.message).replace(/^/gm, '  ')}\n`
    } else if (event.type === 'test:pass') {
      if (event.data.skip !== undefined && event.data.skip !== false) {
        counts.skipped++
        yield `- skipped: ${event.data.name} (${event.data.skip})\n`
      } else if (event.data.details.type !== 'suite') counts.passed++
    }
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  yield `\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`
}

/** A suite fails when a test in it fails; that test has been printed. */
function isOnlyAParent(error: Error & { failureType?: string }): boolean {
  return error.failureType === 'subtestsFailed'
}
