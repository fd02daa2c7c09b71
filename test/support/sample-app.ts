import { stringify } from 'yaml'

interface SampleAppOptions {
  readonly version: string
  /** `sample` without it; it lies in /srv/<app>. */
  readonly app?: string
  /** The variable of the host that holds its port; PORT without it. */
  readonly portVariable?: string
  /** Overrides of `deploy` in its rookery.yml. */
  readonly deploy?: object
  readonly build?: object
  readonly rollout?: object
  /** The service answers 503 on /readyz for ever. */
  readonly neverReady?: boolean
  /** Random bytes that make the artifact so large. */
  readonly ballast?: string
}

/**
 * The files of a small web service that says which version it is; each start adds a line to shared/starts. Where
 * shared/broken-<version> lies when it starts, it never becomes ready.
 */
export function sampleApp(options: SampleAppOptions): Record<string, string> {
  const { app = 'sample', portVariable = 'PORT' } = options
  const config = {
    app,
    ...(options.build ? { build: options.build } : {}),
    deploy: {
      path: `/srv/${app}`,
      keep: 2,
      run: { command: ['node', 'server.js'], stopDeadlineMs: 2_000 },
      readiness: {
        probes: [{ http: `http://127.0.0.1:\${${portVariable}}/readyz` }],
        intervalMs: 50,
        successes: 2,
        healthyDeadlineMs: 10_000,
      },
      ...options.deploy,
    },
    // One host after the other, by name, so that a test can say which is first.
    rollout: { order: 'list', maxParallel: 1, ...options.rollout },
  }
  const server = `
    import { createServer } from 'node:http'
    import { appendFileSync, existsSync, mkdirSync } from 'node:fs'
    mkdirSync('../../shared', { recursive: true })
    appendFileSync('../../shared/starts', ${JSON.stringify(`${options.version}\n`)})
    const isBroken = ${options.neverReady === true} || existsSync('../../shared/broken-${options.version}')
    const server = createServer((request, response) => {
      if (request.url === '/readyz' && isBroken) response.statusCode = 503
      response.end(${JSON.stringify(options.version)})
    })
    server.listen(Number(process.env.${portVariable}), '127.0.0.1', () => console.log('serving ${options.version} on ' + process.env.ROOKERY_HOST))
    process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections() })
  `
  return {
    'rookery.yml': stringify(config),
    'server.js': server,
    'package.json': '{"type":"module"}',
    ...(options.ballast ? { ballast: options.ballast } : {}),
  }
}
