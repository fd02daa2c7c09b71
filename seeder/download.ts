import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorMessage, RookeryError, systemErrorCode } from '../runtime/errors.ts'

interface DownloadOptions {
  readonly url: string
  readonly fetch?: typeof globalThis.fetch
  /** Grows from where an earlier download ended. */
  readonly path: string
  readonly totalBytes: number
  readonly signal: AbortSignal
}

/** A connection that brings nothing for so long is given up; the next try resumes. */
const silenceMs = 30_000

/**
 * Downloads `url` into `path` and resumes a partial file by a range request (RFC 9110, section 14).
 * @throws {RookeryError} FETCH_FAILED (what came so far stays), DISK_FULL.
 */
export async function download({
  url,
  fetch = globalThis.fetch,
  path,
  totalBytes,
  signal,
}: DownloadOptions): Promise<void> {
  const offset = await sizeOf(path)
  if (offset === totalBytes) return
  const resume = offset > 0 && offset < totalBytes
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs} ms`)), silenceMs)
  try {
    const headers = resume ? { range: `bytes=${offset}-` } : undefined
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, silence.signal]) })
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`)
    const flags = resume && response.status === 206 ? 'a' : 'w'
    const watched = Readable.fromWeb(response.body as never).on('data', () => timer.refresh())
    await pipeline(watched, createWriteStream(path, { flags }), { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (systemErrorCode(error) === 'ENOSPC')
      throw new RookeryError('DISK_FULL', `no room for ${path}`, { cause: error })
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new RookeryError('FETCH_FAILED', `cannot download ${url}: ${errorMessage(cause)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
  const bytes = await sizeOf(path)
  if (bytes !== totalBytes)
    throw new RookeryError('FETCH_FAILED', `${url} gave ${bytes} bytes, the torrent says ${totalBytes}`)
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  )
}
