import type { FastifyRequest } from 'fastify'
import { RookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { functionDefinitions } from '../counters/graphite/functions.ts'
import { momentMs } from '../counters/graphite/times.ts'
import type { ApiParts } from './server.ts'

type Parts = Pick<ApiParts, 'graphite' | 'clock'>

/** What is told of ourselves: the version of Graphite whose calls these are. */
const graphiteVersion = '1.1.10'
const usualPoints = 500
const mostTargets = 100
const mostPoints = 10_000

/** What Grafana, and whoever else speaks to Graphite, asks for. The answers are Graphite's, the errors our own. */
export async function graphiteRoutes(server: HttpServer, { graphite, clock }: Parts): Promise<void> {
  const { renderer, tree, marks } = graphite
  await server.register(
    async (inner) => {
      const scope = inner as unknown as HttpServer
      scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
        done(null, new URLSearchParams(String(body))),
      )
      const route = (url: string, summary: string, answer: (fields: URLSearchParams) => Promise<unknown>) =>
        scope.route({
          ...{ method: ['GET', 'POST'], url, schema: { summary } as object, config: { access: 'read', action: null } },
          handler: async (request, reply) =>
            reply.type('application/json').send(JSON.stringify(await answer(fieldsOf(request)))),
        })

      route('/render', 'As Graphite: series over time, in JSON', async (fields) => {
        const format = fields.get('format') ?? 'json'
        if (format !== 'json') throw new RookeryError('REQUEST_INVALID', `format ${format} is not json`)
        const targets = fields.getAll('target')
        if (targets.length > mostTargets) throw new RookeryError('REQUEST_INVALID', `more than ${mostTargets} targets`)
        return renderer.render({
          targets,
          from: fields.get('from') ?? '-24h',
          until: fields.get('until') ?? 'now',
          maxDataPoints: Math.min(mostPoints, Math.max(1, Number(fields.get('maxDataPoints')) || usualPoints)),
        })
      })

      route('/metrics/find', 'As Graphite: what is below a node', async (fields) => {
        const nodes = await tree.find(fields.get('query') ?? '*')
        return nodes.map(({ id, text, isLeaf, isBranch }) => ({
          ...{
            text,
            id,
            leaf: Number(isLeaf),
            expandable: Number(isBranch),
            allowChildren: Number(isBranch),
            context: {},
          },
        }))
      })

      route('/metrics/expand', 'As Graphite: the paths that a pattern stands for', async (fields) => {
        const queries = fields.getAll('query')
        const found = await Promise.all(queries.slice(0, mostTargets).map((query) => tree.find(query)))
        return { results: [...new Set(found.flat().map(({ id }) => id))] }
      })

      route('/events/get_data', 'As Graphite: rollouts, as annotations', async (fields) => {
        const nowMs = clock.now()
        const tags = (fields.get('tags') ?? '').split(/[\s,]+/).filter((tag) => tag !== '')
        const found = await marks.of({
          fromMs: momentMs(fields.get('from') ?? '-24h', nowMs),
          toMs: momentMs(fields.get('until') ?? 'now', nowMs),
        })
        const events = found.map(({ atMs, app, rolloutId, kind, text }) => ({
          ...{ when: Math.floor(atMs / 1_000), what: text, data: rolloutId, tags: ['deploy', app, kind] },
        }))
        return events.filter((event) => tags.every((tag) => event.tags.includes(tag)))
      })

      route('/functions', 'As Graphite: the functions of targets', async () => functionDefinitions())
      route('/version', 'As Graphite: its version', async () => graphiteVersion)
    },
    { prefix: '/graphite' },
  )
}

/** Of the query and of a form, whichever has them. */
function fieldsOf(request: FastifyRequest): URLSearchParams {
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '')
  const body = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  return new URLSearchParams([...query, ...body])
}
