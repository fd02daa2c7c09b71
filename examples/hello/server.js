// A small web service as one meets them: it needs a moment before it can serve, says whether it can,
// and when it is told to stop it answers what is in flight first.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'

const warmUpMs = 300
const port = Number(process.env.PORT ?? 8080)
const address = process.env.ADDRESS ?? '127.0.0.1'

const identity = readIdentity()
let state = 'warming up'

const routes = {
  '/': () => text(200, `Hello from ${identity.host}: this is ${identity.app} ${identity.version}.\n`),
  // A load balancer sends nothing to a host that is not ready, so it answers nothing then.
  '/version': () => (state === 'ready' ? json(200, identity) : json(503, { state })),
  '/readyz': () => json(state === 'ready' ? 200 : 503, { state }),
  '/healthz': () => json(200, { state }),
}

const server = createServer((request, response) => {
  const route = routes[new URL(request.url, 'http://host').pathname]
  const { status, type, body } = route ? route() : text(404, 'not here\n')
  // After SIGTERM a client must not come back on this connection.
  if (state === 'draining') response.setHeader('connection', 'close')
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
})

server.on('error', (error) => {
  log('failed', { message: error.message })
  process.exitCode = 1
})

server.listen(port, address, () => {
  log('started', { port })
  setTimeout(() => {
    if (state === 'draining') return
    state = 'ready'
    log('ready')
  }, warmUpMs)
})

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    state = 'draining'
    log('draining', { signal })
    // Takes no new connections, ends the idle ones, and calls back once the busy ones have been answered.
    server.close(() => {
      log('stopped')
      process.exit(0)
    })
  })
}

/** What this process is: the stamp of the build, and the host and release the agent runs it as. */
function readIdentity() {
  const [version, revision] = readStamp()
  const { ROOKERY_APP, ROOKERY_HOST, ROOKERY_POOL, ROOKERY_POOLS, ROOKERY_RELEASE } = process.env
  return {
    app: ROOKERY_APP ?? 'hello',
    version,
    revision,
    release: ROOKERY_RELEASE ?? basename(import.meta.dirname),
    host: ROOKERY_HOST ?? hostname(),
    pool: ROOKERY_POOL ?? ROOKERY_POOLS ?? 'none',
  }
}

function readStamp() {
  try {
    return readFileSync(join(import.meta.dirname, 'VERSION'), 'utf8')
      .trim()
      .split(' ')
  } catch {
    return ['0.0.0', 'not built']
  }
}

function json(status, value) {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function text(status, body) {
  return { status, type: 'text/plain; charset=utf-8', body }
}

function log(event, details = {}) {
  const { app, version, host } = identity
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, app, version, host, ...details })}\n`)
}
