import type { CounterSource, WindowQuery } from '../../coordinator/immune/counter-source.ts'
import { logErrors } from '../../coordinator/immune/rules.ts'
import type { Window } from '../../coordinator/immune/series.ts'
import type { Random } from '../../runtime/random.ts'

export const shapes = ['steady', 'spiky', 'daily', 'sparse'] as const
export type Shape = (typeof shapes)[number]

export const windowMs = 10_000
/** Hosts differ from each other by about so much, always. */
const hostDeviation = 0.05
/** A window differs from the next by about so much, and takes some of the difference along. */
const noiseDeviation = 0.1
const noiseMemory = 0.3
const spikeChance = 0.05
/** Of a day's mean to its peak. */
const dailySwing = 0.5
const dayMs = 86_400_000
/** Rare events: so many in a window of a host. */
const sparseMean = 0.3

interface Generated {
  readonly shape: Shape
  readonly hosts: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  /** How many times as much as before these hosts show from a time on. */
  readonly regression: { readonly hosts: ReadonlySet<string>; readonly factor: number; readonly fromMs: number }
}

/** Windows of the counter `metric` of generated hosts, and of the counter that tells that their agents were there. */
export class GeneratedCounters implements CounterSource {
  readonly #windows: readonly Window[]
  /** Nothing later is known yet. */
  nowMs = 0

  constructor(generated: Generated, random: Random) {
    this.#windows = generated.hosts.flatMap((host) => windowsOf(host, generated, random))
  }

  async windows({ counter, hosts, fromMs, toMs }: WindowQuery): Promise<Window[]> {
    const isAsked = ({ host, startMs }: Window) =>
      hosts.has(host) && startMs >= fromMs && startMs < toMs && startMs + windowMs <= this.nowMs
    const found = this.#windows.filter(isAsked)
    return counter === logErrors ? found : found.filter(({ count }) => count > 0)
  }
}

function windowsOf(host: string, { shape, fromMs, toMs, regression }: Generated, random: Random): Window[] {
  const level = Math.exp(hostDeviation * gaussian(random))
  const windows: Window[] = []
  let noise = gaussian(random)
  for (let startMs = fromMs; startMs < toMs; startMs += windowMs) {
    noise = noiseMemory * noise + Math.sqrt(1 - noiseMemory ** 2) * gaussian(random)
    const isBad = regression.hosts.has(host) && startMs >= regression.fromMs
    const expected = level * (isBad ? regression.factor : 1)
    const value =
      shape === 'sparse' ? poisson(sparseMean * expected, random) : expected * shapeAt(shape, startMs, random)
    const [count, sum] = shape === 'sparse' ? [value, value] : [1, value * Math.exp(noiseDeviation * noise)]
    windows.push({ host, startMs, widthMs: windowMs, count, sum, sumOfSquares: sum * sum, min: sum, max: sum })
  }
  return windows
}

function shapeAt(shape: Shape, atMs: number, random: Random): number {
  if (shape === 'spiky' && random.next() < spikeChance) return 100 * (5 + random.below(15))
  if (shape === 'daily') return 100 * (1 + dailySwing * Math.sin((2 * Math.PI * atMs) / dayMs))
  return 100
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function poisson(mean: number, random: Random): number {
  const bound = Math.exp(-mean)
  let [events, product] = [0, random.next()]
  while (product > bound) {
    events++
    product *= random.next()
  }
  return events
}
