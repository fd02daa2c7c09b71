/** More sources than this help nobody; a torrent must not make us remember thousands. */
const maxUrls = 32
/** What servers take as a request line; longer ones are no addresses. */
const maxUrlLength = 2_048

/**
 * The web seeds of a torrent (BEP 19) that can be asked: each once. Others are passed over, as lists in the wild hold
 * FTP addresses and empty strings beside good ones.
 */
export function usableUrls(texts: readonly string[]): string[] {
  const usable = new Set(texts.filter(isWebSeedUrl))
  return [...usable].slice(0, maxUrls)
}

/** http or https, and without a user name and password: those would be read by everybody who has the torrent. */
export function isWebSeedUrl(text: string): boolean {
  if (text.length > maxUrlLength) return false
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  return url.username === '' && url.password === ''
}
