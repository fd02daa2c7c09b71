import type { Metainfo, MetainfoFile } from '../metainfo/metainfo.ts'

/**
 * Where a file of the torrent lies on a web seed (BEP 19). `base` is the file itself, unless it ends in `/` or the
 * torrent has several files: then the torrent's name and the file's path come below it.
 */
export function fileUrl(base: string, metainfo: Metainfo, file: MetainfoFile): URL {
  const url = new URL(base)
  if (!metainfo.isMultiFile && !url.pathname.endsWith('/')) return url
  const parts = metainfo.isMultiFile ? [metainfo.name, ...file.path] : [metainfo.name]
  const directory = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  // The setter leaves escapes as they are, so that a name with `?`, `#` or `%` stays one path.
  url.pathname = directory + parts.map(encodeURIComponent).join('/')
  return url
}
