/** What one window says of a counter. */
export interface WindowSums {
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly min: number
  readonly max: number
}

/** Consecutive windows, a column for each figure. A count of 0 means that nothing is known of that window. */
export class WindowColumns {
  readonly length: number
  readonly count: Float64Array
  readonly sum: Float64Array
  readonly sumOfSquares: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array

  constructor(length: number) {
    const all = new Float64Array(5 * length)
    const column = (index: number) => all.subarray(index * length, (index + 1) * length)
    this.length = length
    this.count = column(0)
    this.sum = column(1)
    this.sumOfSquares = column(2)
    this.min = column(3)
    this.max = column(4)
  }

  /** Joins what is known of a window with what is there. */
  add(index: number, count: number, sum: number, sumOfSquares: number, min: number, max: number): void {
    if (this.count[index] === 0) {
      this.min[index] = min
      this.max[index] = max
    } else {
      if (min < this.min[index]!) this.min[index] = min
      if (max > this.max[index]!) this.max[index] = max
    }
    this.count[index]! += count
    this.sum[index]! += sum
    this.sumOfSquares[index]! += sumOfSquares
  }

  /** Null where nothing is known. */
  at(index: number): WindowSums | null {
    if (!this.count[index]) return null
    return {
      count: this.count[index]!,
      sum: this.sum[index]!,
      sumOfSquares: this.sumOfSquares[index]!,
      min: this.min[index]!,
      max: this.max[index]!,
    }
  }
}
