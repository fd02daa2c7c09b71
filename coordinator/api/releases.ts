import { open, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { AppName, BuildRequest, Release, ReleaseVerification } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { verifyRelease } from '../releases/release-verifier.ts'
import type { ApiParts } from './server.ts'

const ReleaseParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,127}$' }) })
const ListQuery = Type.Object(
  { app: Type.Optional(AppName), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })) },
  { additionalProperties: false },
)
const readChunkBytes = 128 * 1024

export function releaseRoutes(server: HttpServer, parts: ApiParts): void {
  const { releases, releaseStore, releaseFiles, publicPem } = parts

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
    async ({ params }) => verifyRelease(params.id, { store: releaseStore, files: releaseFiles, publicPem }),
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
    { schema: { summary: 'The artifact’s bytes; one range is understood', params: ReleaseParams } },
    async (request, reply) => {
      await releaseStore.signed(request.params.id)
      return sendFile(reply, releaseFiles.artifactPath(request.params.id), request.headers.range)
    },
  )
}

/** A whole file, or the one range asked for (RFC 9110, section 14). */
async function sendFile(reply: FastifyReply, path: string, range: string | undefined): Promise<void> {
  const { size } = await stat(path)
  const wanted = /^bytes=(\d+)-(\d*)$/.exec(range ?? '')
  const first = wanted ? Number(wanted[1]) : 0
  const last = wanted?.[2] ? Math.min(Number(wanted[2]), size - 1) : size - 1
  const headers = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' }
  reply.hijack()
  if (first > last) return void reply.raw.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end()
  const part = wanted ? { 'content-range': `bytes ${first}-${last}/${size}` } : {}
  reply.raw.writeHead(wanted ? 206 : 200, { ...headers, ...part, 'content-length': last - first + 1 })
  await writeFileRange(reply.raw, path, first, last)
}

/** One buffer for the whole file: a stream would leave its chunks to the collector, tens of MB of them. */
async function writeFileRange(response: ServerResponse, path: string, first: number, last: number): Promise<void> {
  const file = await open(path, 'r')
  const buffer = Buffer.allocUnsafe(readChunkBytes)
  try {
    for (let position = first; position <= last; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, last - position + 1), position)
      if (bytesRead === 0 || !(await written(response, buffer.subarray(0, bytesRead)))) return void response.destroy()
      position += bytesRead
    }
    response.end()
  } finally {
    await file.close()
  }
}

/** Resolves once the bytes have left the buffer; false when the client is gone. */
function written(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const onClose = () => resolve(false)
    response.once('close', onClose)
    response.write(bytes, (error) => {
      response.off('close', onClose)
      resolve(!error)
    })
  })
}
