/** Whether a URL begins as one of the rules says: the same scheme, host and port, and a path below that of the rule. */
export function isAllowedUrl(url: URL, rules: readonly string[]): boolean {
  return rules.some((rule) => {
    if (!URL.canParse(rule)) return false
    const { origin, pathname } = new URL(rule)
    if (url.origin !== origin) return false
    return url.pathname === pathname || url.pathname.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`)
  })
}
