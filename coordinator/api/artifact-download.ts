import { type FileHandle, open } from 'node:fs/promises'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { decodeManifest } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { WebSeedCap } from '../distribution/web-seed-cap.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import { type ByteRange, parseRange } from './byte-range.ts'

interface Download {
  readonly path: string
  /** The same bytes for ever have the same tag; quoted. */
  readonly etag: string
  /** What stands under the cap: a range with both ends, as a host fetches from its web seed, or, for one who is known to be a host, whatever it asks for. */
  readonly capped?: 'ranges' | 'all'
}

interface Dependencies {
  readonly webSeedCap: WebSeedCap
  readonly clock: Clock
}

/** What artifacts are sent from. */
export interface ArtifactParts extends Dependencies {
  readonly releaseStore: ReleaseStore
  readonly releaseFiles: ReleaseFiles
}

type Pace = (bytes: number) => Promise<void>

const chunkBytes = 128 * 1024
/** Who takes no chunk for so long must not keep its place. */
const stallMs = 30_000

/** A release's artifact. @throws {RookeryError} NOT_FOUND; UNAVAILABLE beyond the cap. */
export async function sendReleaseArtifact(
  request: FastifyRequest,
  reply: FastifyReply,
  { releaseId, capped }: { readonly releaseId: string } & Pick<Download, 'capped'>,
  { releaseStore, releaseFiles, ...dependencies }: ArtifactParts,
): Promise<void> {
  const { artifact } = decodeManifest((await releaseStore.signed(releaseId)).manifest)
  const file = { path: releaseFiles.artifactPath(releaseId), etag: `"${artifact.sha256}"`, capped }
  return sendArtifact(request, reply, file, dependencies)
}

/**
 * Sends a file, or the one range asked for (RFC 9110, sections 13 and 14). A range with both ends is a host that falls back to us
 * as its web seed, and stands under the cap; the seeder's download does not, since all others wait for it.
 * @throws {RookeryError} UNAVAILABLE beyond the cap, with the header Retry-After.
 */
export async function sendArtifact(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, etag, capped = 'ranges' }: Download,
  { webSeedCap, clock }: Dependencies,
): Promise<void> {
  const { range: wanted, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const range = ifRange === undefined || ifRange === etag ? parseRange(wanted, size) : undefined
    const headers = { 'accept-ranges': 'bytes', etag, 'content-type': 'application/octet-stream' }
    if (isTag(ifNoneMatch, etag)) return head(reply, 304, headers)
    if (range === 'unsatisfiable') return head(reply, 416, { ...headers, 'content-range': `bytes */${size}` })
    const { first, last } = range ?? { first: 0, last: size - 1 }
    const part = range ? { 'content-range': `bytes ${first}-${last}/${size}` } : {}
    const all = { ...headers, ...part, 'content-length': last - first + 1 }
    if (request.raw.method === 'HEAD') return head(reply, range ? 206 : 200, all)
    const place = capped === 'all' || range?.isClosed ? placeIn(webSeedCap, reply) : undefined
    try {
      reply.hijack()
      reply.raw.writeHead(range ? 206 : 200, all)
      await writeRange(reply.raw, file, { first, last }, clock, place?.pace)
    } finally {
      place?.leave()
      // Cut short, it must not look like the end.
      if (!reply.raw.writableEnded) reply.raw.destroy()
    }
  } finally {
    await file.close()
  }
}

function placeIn(cap: WebSeedCap, reply: FastifyReply) {
  const place = cap.enter()
  if ('leave' in place) return place
  reply.header('retry-after', Math.max(1, Math.ceil(place.retryAfterMs / 1_000)))
  throw new RookeryError('UNAVAILABLE', 'as many hosts download from here as may; peers have the pieces too')
}

function head(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders): void {
  reply.hijack()
  reply.raw.writeHead(status, headers).end()
}

function isTag(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim()) ?? []
  return tags.includes(etag) || tags.includes('*')
}

/** One buffer for the whole range: a stream would leave its chunks to the collector, tens of MB of them. */
async function writeRange(
  response: ServerResponse,
  file: FileHandle,
  { first, last }: Pick<ByteRange, 'first' | 'last'>,
  clock: Clock,
  pace: Pace | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, last - first + 1))
  for (let position = first; position <= last; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, last - position + 1), position)
    if (bytesRead > 0) await pace?.(bytesRead)
    if (bytesRead === 0 || !(await written(response, buffer.subarray(0, bytesRead), clock))) return
    position += bytesRead
  }
  response.end()
}

/** Resolves once the bytes have left the buffer; false when the client is gone or takes nothing any more. */
function written(response: ServerResponse, bytes: Uint8Array, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isWritten: boolean) => {
      response.off('close', onClose)
      stalled.cancel()
      resolve(isWritten)
    }
    const onClose = () => done(false)
    const stalled = clock.after(stallMs, onClose)
    response.once('close', onClose)
    response.write(bytes, (error) => done(!error))
  })
}
