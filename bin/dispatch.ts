/** A service's entry: runs in the foreground and resolves with the exit code. */
type Main = (args: readonly string[]) => Promise<number>

// The one place that knows both the command line and the services, which do not know each other.
const services: Readonly<Record<string, () => Promise<{ main: Main }>>> = {
  coordinator: () => import('../coordinator/main.ts'),
  tracker: () => import('../tracker/main.ts'),
  seeder: () => import('../seeder/main.ts'),
  agent: () => import('../peer-agent/main.ts'),
}

/** Runs `rookery <args>` and resolves with the exit code. */
export async function dispatch(args: readonly string[]): Promise<number> {
  const service = services[args[0] ?? '']
  const { main } = service ? await service() : await import('../cli/main.ts')
  return main(service ? args.slice(1) : args)
}
