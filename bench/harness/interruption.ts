/**
 * Runs `work` so that Ctrl-C and SIGTERM abort its signal instead of ending the process: what it set up is then undone
 * by its own `finally`. The process ends with 128 + the signal's number, or 1 after an error, which is printed.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const
  let interruptedBy: keyof typeof numbers | undefined
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
    process.on(name, () => {
      interruptedBy ??= name
      controller.abort(new Error(`interrupted by ${name}`))
    })
  }
  try {
    await work(controller.signal)
  } catch (caught) {
    // What was under way tells only that it was broken off.
    const error: unknown = controller.signal.aborted ? controller.signal.reason : caught
    console.error(`bench: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
  // Timers and readers that a broken-off measurement left behind must not hold the process.
  process.exit(interruptedBy ? 128 + numbers[interruptedBy] : process.exitCode)
}

/** For people, on stderr; results are on stdout. */
export function progress(line: string): void {
  console.error(`bench: ${line}`)
}
