/** A number for people: six digits, no exponent where that can be avoided. */
export function formatValue(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** The same with three digits, for what is only known roughly. */
export function formatRough(value: number): string {
  return String(Number(value.toPrecision(3)))
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
