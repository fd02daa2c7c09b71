/** The middle value, of an even number the lower of the two: what one of them really had. Not of an empty list. */
export function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}

/** The same where more is better: of an even number the upper of the two. */
export function upperMedian(values: readonly number[]): number {
  return -lowerMedian(values.map((value) => -value))
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
