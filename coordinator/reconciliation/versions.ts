/** Below 0 when `a` is older. Numbers are compared as numbers; what is no version is neither older nor newer. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [numbersOf(a), numbersOf(b)]
  if (!first || !second) return 0
  const index = first.findIndex((number, place) => number !== second[place])
  return index < 0 ? 0 : first[index]! - second[index]!
}

/** What more than half of them are; undefined when there is no such majority. */
export function mostCommon(versions: readonly string[]): string | undefined {
  const groups = Map.groupBy(versions, (version) => version)
  return [...groups].find(([, members]) => members.length * 2 > versions.length)?.[0]
}

function numbersOf(version: string): number[] | undefined {
  return /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number)
}
