const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A character a value, from the lowest to the highest of them; a space where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const scale = high > low ? (bars.length - 1) / (high - low) : 0
  return values.map((value) => (value === null ? ' ' : bars[Math.round((value - low) * scale)])).join('')
}
