import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { HttpServer } from '../../runtime/http-server.ts'

/** Nothing but the page's own files runs or is shown in it, and it is shown in no frame of another's. */
const pageHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
}

/**
 * Serves the dashboard at /, where there is one. It holds no data: it asks for the token and then calls the API like
 * everybody else.
 */
export async function dashboardPages(server: HttpServer): Promise<void> {
  const root = dashboardDirectory()
  if (root === undefined) return
  await server.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, isOpen: true }
    })
    scope.addHook('onRequest', async (_request, reply) => {
      for (const [name, value] of Object.entries(pageHeaders)) reply.raw.setHeader(name, value)
    })
    await scope.register(staticFiles, { root, index: 'index.html' })
  })
}

/** In a source tree beside us; in the package beside the compiled code. */
function dashboardDirectory(): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url))
  return [join(here, '../../dashboard'), join(here, '../../../dashboard')].find((path) =>
    existsSync(join(path, 'index.html')),
  )
}
