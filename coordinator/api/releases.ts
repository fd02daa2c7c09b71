import { Type } from 'typebox'
import { AppName, BuildRequest, Release, ReleaseVerification, RevokeRequest } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { recordedBy } from '../access/principal.ts'
import { deploys } from '../access/route-access.ts'
import { verifyRelease } from '../releases/release-verifier.ts'
import { sendReleaseArtifact } from './artifact-download.ts'
import { appOfBody, appOfRelease } from './route-apps.ts'
import type { ApiParts } from './server.ts'

const ReleaseParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,127}$' }) })
const ListQuery = Type.Object(
  { app: Type.Optional(AppName), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })) },
  { additionalProperties: false },
)

export function releaseRoutes(server: HttpServer, parts: ApiParts): void {
  const { releases, releaseStore, releaseFiles, revocations, publicPems, webSeedCap, clock } = parts

  server.post(
    '/releases',
    {
      schema: { summary: 'Build a release', body: BuildRequest, response: { 202: Release } },
      config: { access: deploys(appOfBody), action: 'release.build' },
    },
    async (request, reply) => {
      const { body } = request
      const release = await releases.request({ ...body, rebuild: body.rebuild ?? false, rolloutId: '' })
      request.auditTarget = release.id
      return reply.status(202).send(release)
    },
  )

  server.get(
    '/releases',
    {
      schema: { summary: 'Releases, newest first', querystring: ListQuery, response: { 200: Type.Array(Release) } },
      config: { access: 'read' },
    },
    async ({ query }) => {
      const found = await releaseStore.list({ app: query.app, limit: query.limit ?? 50 })
      return found.map((release) => revocations.marked(release))
    },
  )

  server.get(
    '/releases/:id',
    {
      schema: { summary: 'One release', params: ReleaseParams, response: { 200: Release } },
      config: { access: 'read' },
    },
    async ({ params }) => revocations.marked(await releaseStore.get(params.id)),
  )

  server.post(
    '/releases/:id/revoke',
    {
      schema: {
        summary: 'Let the release, and those of its app that were created before it, go live nowhere any more',
        params: ReleaseParams,
        body: RevokeRequest,
        response: { 200: Release },
      },
      config: { access: deploys(appOfRelease(releaseStore)), action: 'release.revoke' },
    },
    async ({ params, body, principal }) => {
      await revocations.revoke(params.id, body.reason, recordedBy(principal, body.by) ?? null)
      return revocations.marked(await releaseStore.get(params.id))
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
      config: { access: deploys(appOfRelease(releaseStore)), action: 'release.verify' },
    },
    async ({ params }) => verifyRelease(params.id, { store: releaseStore, files: releaseFiles, publicPems }),
  )

  server.get(
    '/releases/:id/manifest',
    { schema: { summary: 'The manifest’s bytes as signed', params: ReleaseParams }, config: { access: 'read' } },
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
    { schema: { summary: 'The .torrent', params: ReleaseParams }, config: { access: 'read' } },
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
      config: { access: 'read', isStream: true },
    },
    async (request, reply) =>
      sendReleaseArtifact(
        request,
        reply,
        { releaseId: request.params.id },
        { releaseStore, releaseFiles, webSeedCap, clock },
      ),
  )
}
