import { Type } from 'typebox'
import { AppName, BuildRequest, Release, ReleaseVerification } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { verifyRelease } from '../releases/release-verifier.ts'
import { sendReleaseArtifact } from './artifact-download.ts'
import type { ApiParts } from './server.ts'

const ReleaseParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,127}$' }) })
const ListQuery = Type.Object(
  { app: Type.Optional(AppName), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })) },
  { additionalProperties: false },
)

export function releaseRoutes(server: HttpServer, parts: ApiParts): void {
  const { releases, releaseStore, releaseFiles, publicPems, webSeedCap, clock } = parts

  server.post(
    '/releases',
    { schema: { summary: 'Build a release', body: BuildRequest, response: { 202: Release } } },
    async ({ body }, reply) => {
      const release = await releases.request({ ...body, rebuild: body.rebuild ?? false, rolloutId: '' })
      return reply.status(202).send(release)
    },
  )

  server.get(
    '/releases',
    { schema: { summary: 'Releases, newest first', querystring: ListQuery, response: { 200: Type.Array(Release) } } },
    async ({ query }) => releaseStore.list({ app: query.app, limit: query.limit ?? 50 }),
  )

  server.get(
    '/releases/:id',
    { schema: { summary: 'One release', params: ReleaseParams, response: { 200: Release } } },
    async ({ params }) => {
      return releaseStore.get(params.id)
    },
  )

  server.post(
    '/releases/:id/verify',
    {
      schema: {
        summary: 'Check a stored release again',
        params: ReleaseParams,
        response: { 200: ReleaseVerification },
      },
    },
    async ({ params }) => verifyRelease(params.id, { store: releaseStore, files: releaseFiles, publicPems }),
  )

  server.get(
    '/releases/:id/manifest',
    { schema: { summary: 'The manifest’s bytes as signed', params: ReleaseParams } },
    async ({ params }, reply) => {
      const { manifest, signature } = await releaseStore.signed(params.id)
      return reply
        .header('rookery-signature', Buffer.from(signature).toString('base64'))
        .type('application/json')
        .send(Buffer.from(manifest))
    },
  )

  server.get(
    '/releases/:id/torrent',
    { schema: { summary: 'The .torrent', params: ReleaseParams } },
    async ({ params }, reply) => {
      await releaseStore.signed(params.id)
      return reply.type('application/x-bittorrent').send(Buffer.from(await releaseFiles.torrent(params.id)))
    },
  )

  server.get(
    '/releases/:id/artifact',
    {
      schema: {
        summary: 'The artifact’s bytes; one range is understood. Ranges with both ends are capped over all hosts',
        params: ReleaseParams,
      },
    },
    async (request, reply) =>
      sendReleaseArtifact(request, reply, request.params.id, { releaseStore, releaseFiles, webSeedCap, clock }),
  )
}
