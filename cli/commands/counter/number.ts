/** Whole, or with two digits; of small ones, the first two that say something. */
export function rounded(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 0.01 ? String(Number(value.toFixed(2))) : value.toPrecision(2)
}
