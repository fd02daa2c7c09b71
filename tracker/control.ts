import { Type } from 'typebox'
import type { HttpServer } from '../runtime/http-server.ts'
import type { Admissions } from './admissions.ts'
import type { AnnounceServer } from './announce-server.ts'

const TorrentParams = Type.Object({ infoHash: Type.String({ pattern: '^[0-9a-f]{40}$' }) })

interface Dependencies {
  readonly admissions: Admissions
  readonly announce: AnnounceServer
}

/** What the coordinator calls: which info hashes this tracker serves. */
export function controlRoutes(server: HttpServer, { admissions, announce }: Dependencies): void {
  server.get('/v1/torrents', async () =>
    admissions.all().map((infoHash) => ({ infoHash, ...announce.counts(infoHash) })),
  )

  server.put('/v1/torrents/:infoHash', { schema: { params: TorrentParams } }, async ({ params }, reply) => {
    await admissions.admit(params.infoHash)
    return reply.status(204).send()
  })

  server.delete('/v1/torrents/:infoHash', { schema: { params: TorrentParams } }, async ({ params }, reply) => {
    await admissions.withdraw(params.infoHash)
    announce.forget(params.infoHash)
    return reply.status(204).send()
  })
}
