/** Coefficients of Hart's algorithm 5666, highest power first, as West gives them. */
const numerator = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
]
const denominator = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
]

/**
 * Probability that a standard normal variable is at most `z`, to 14 digits.
 * Source: G. West, “Better approximations to cumulative normal functions”, Wilmott Magazine, 2005, after J. F. Hart, 1968.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z)
  const tail = x > 37 ? 0 : Math.exp((-x * x) / 2) * (x < 7.07106781186547 ? ratio(x) : continuedFraction(x))
  return z > 0 ? 1 - tail : tail
}

/** Where the normal distribution reaches `probability`, which is between 0 and 1; by bisection. */
export function normalQuantile(probability: number): number {
  let [low, high] = [-37, 37]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function ratio(x: number): number {
  const at = (coefficients: readonly number[]) => coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
  return at(numerator) / at(denominator)
}

function continuedFraction(x: number): number {
  return 1 / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / Math.sqrt(2 * Math.PI)
}
