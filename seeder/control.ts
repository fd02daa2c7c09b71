import { Type } from 'typebox'
import { SwarmLimits } from '../proto/http/api.ts'
import type { HttpServer } from '../runtime/http-server.ts'
import type { KeptLimits } from '../swarm/index.ts'
import type { Artifacts } from './artifacts.ts'

const ArtifactParams = Type.Object({ infoHash: Type.String({ pattern: '^[0-9a-f]{40}$' }) })
const Order = Type.Object(
  {
    torrent: Type.String({ pattern: '^[A-Za-z0-9+/]+=*$', description: 'The .torrent, base64' }),
    source: Type.Object({ url: Type.String({ pattern: '^https?://' }) }, { additionalProperties: false }),
  },
  { additionalProperties: false },
)

/** Largest order: the torrent of 100,000 pieces is 2 MB, a third more in base64. */
export const maxOrderBytes = 16 * 1024 * 1024

/** The caps of this seeder, which count at once and after a restart. */
export function limitRoutes(server: HttpServer, limits: KeptLimits): void {
  const view = () => ({ current: limits.current, ordered: limits.ordered })
  server.get('/v1/limits', async () => view())

  server.put('/v1/limits', { schema: { body: SwarmLimits } }, async ({ body }) => {
    await limits.order(body)
    return view()
  })
}

/** What the coordinator calls: which artifacts this seeder seeds. */
export function controlRoutes(server: HttpServer, artifacts: Artifacts): void {
  server.get('/v1/artifacts', async () => artifacts.list())

  server.put(
    '/v1/artifacts/:infoHash',
    { schema: { params: ArtifactParams, body: Order } },
    async ({ params, body }, reply) => {
      const { infoHash, state } = await artifacts.put(
        params.infoHash,
        Buffer.from(body.torrent, 'base64'),
        body.source.url,
      )
      return reply.status(202).send({ infoHash, state })
    },
  )

  server.delete('/v1/artifacts/:infoHash', { schema: { params: ArtifactParams } }, async ({ params }, reply) => {
    await artifacts.remove(params.infoHash)
    return reply.status(204).send()
  })
}
