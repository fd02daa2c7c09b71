/** Values of one host, oldest first; NaN where a window is missing. */
export interface Series {
  readonly host: string
  readonly values: readonly number[]
}

/** Beyond this many quartile distances a value is an outlier: “far out” in Tukey's words, and Kayenta's factor. */
const outlierFactor = 3
/** Sparse counts are taken together until about this share of the sums is not 0. */
const wantedNonzero = 0.95
/** Taken together, this many sums of the hosts that run the release must be left. */
const leastBlocks = 8

export function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ values }) => values.filter((value) => !Number.isNaN(value)))
}

/** Without values that lie far outside the middle half (Tukey's outer fences). */
export function withoutOutliers(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  const reach = outlierFactor * (high - low)
  return values.filter((value) => value >= low - reach && value <= high + reach)
}

/** At most so many, evenly spread over all. */
export function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values
  return Array.from({ length: most }, (_, index) => values[Math.floor((index * values.length) / most)]!)
}

/**
 * How many windows of a host to take together: more than one where most are 0, for ranks say nothing about values that
 * are all the same.
 */
export function blockSize(treated: readonly Series[], control: readonly Series[]): number {
  const own = valuesOf(treated)
  const all = [...own, ...valuesOf(control)]
  const nonzero = all.filter((value) => value !== 0).length / all.length
  if (nonzero === 0 || nonzero > 0.5) return 1
  const wanted = Math.ceil(Math.log(1 - wantedNonzero) / Math.log(1 - nonzero))
  return Math.max(1, Math.min(wanted, Math.floor(own.length / leastBlocks)))
}

/** The mean of each `size` windows that follow one another; what is left over at the beginning is dropped. */
export function inBlocks(series: readonly Series[], size: number): Series[] {
  return series.map(({ host, values }) => {
    const present = values.filter((value) => !Number.isNaN(value))
    const blocks = Math.floor(present.length / size)
    const first = present.length - blocks * size
    return {
      host,
      values: Array.from({ length: blocks }, (_, index) =>
        meanOf(present.slice(first + index * size, first + (index + 1) * size)),
      ),
    }
  })
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** With linear interpolation between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return below + (above - below) * (at - Math.floor(at))
}
