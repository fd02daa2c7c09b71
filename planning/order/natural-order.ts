/**
 * Names as people sort them: `a2` before `a10`. Total, and the same everywhere, which the collation of a locale is not.
 */
export function byNaturalOrder(a: string, b: string): number {
  const left = runsOf(a)
  const right = runsOf(b)
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = compareRuns(left[index]!, right[index]!)
    if (order !== 0) return order
  }
  return left.length - right.length || compareText(a, b)
}

/** Runs of digits and of anything else, in turn. */
function runsOf(name: string): readonly string[] {
  return name.match(/\d+|\D+/g) ?? []
}

function compareRuns(a: string, b: string): number {
  if (!isNumber(a) || !isNumber(b)) return compareText(a, b)
  const left = a.replace(/^0+/, '')
  const right = b.replace(/^0+/, '')
  return left.length - right.length || compareText(left, right)
}

function isNumber(run: string): boolean {
  return /^\d/.test(run)
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
