import type { CounterFunction } from '../../proto/http/counters.ts'
import type { CounterKind } from '../../proto/session.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { KnownCounter } from './counter-index.ts'
import type { CounterStore } from './counter-store.ts'
import { isMadeOfEach, percentileOf, stepValue, usualFunction } from './step-values.ts'
import type { Steps } from './steps.ts'
import { blockStarts, coarseTier, fineTier, middleTier } from './tiers.ts'
import { WindowColumns } from './window-columns.ts'

/** One counter of one host that is asked for. */
export interface Member {
  readonly counter: KnownCounter
  readonly hostId: number
}

/** Members that are shown as one series. */
export interface MemberGroup {
  readonly key: string
  readonly members: readonly Member[]
}

export interface GroupRequest {
  readonly steps: Steps
  /** Undefined for what is usual for the kind. */
  readonly function: CounterFunction | undefined
  readonly percentile: number
  readonly shiftMs: number
  readonly nowMs: number
}

export interface GroupValues {
  readonly group: MemberGroup
  readonly function: CounterFunction
  readonly values: (number | null)[]
}

/** What one question may cost: some seconds of reading, and some hundred MB. */
const mostBlocks = 200_000
const mostValues = 10_000_000

/** More are not named one by one: rows of others are passed over. */
const fewHosts = 200

/** Reads the members of all groups and makes one value a step of each group. @throws {RookeryError} REQUEST_INVALID. */
export async function groupValues(
  store: CounterStore,
  groups: readonly MemberGroup[],
  request: GroupRequest,
): Promise<GroupValues[]> {
  const gathered = groups.map((group) => gatheringOf(group, request))
  checkCost(gathered, request.steps)
  for (const some of disjoint(gathered)) await gather(store, some, request)
  return gathered.map((gathering) => valuesOf(gathering, request))
}

/** Reads the members of groups none of which is in two. */
async function gather(
  store: CounterStore,
  gathered: readonly Gathering[],
  { steps, shiftMs }: GroupRequest,
): Promise<void> {
  const bySeries = new Map<number, Map<number, WindowColumns>>()
  const counters = new Map<number, KnownCounter>()
  const hostIds = new Set<number>()
  for (const { group, columnsOf } of gathered)
    for (const member of group.members) {
      const { counter, hostId } = member
      const ofCounter = bySeries.get(counter.id) ?? new Map<number, WindowColumns>()
      bySeries.set(counter.id, ofCounter)
      ofCounter.set(hostId, columnsOf(member))
      counters.set(counter.id, counter)
      hostIds.add(hostId)
    }
  const fromMs = steps.fromMs - shiftMs
  await store.readSeries(
    {
      ...{ counters: [...counters.values()], fromMs, toMs: fromMs + steps.stepMs * steps.length, stepMs: steps.stepMs },
      hostIds: hostIds.size <= fewHosts ? [...hostIds] : undefined,
    },
    (counterId, hostId) => bySeries.get(counterId)?.get(hostId),
  )
}

/** The same in lists of which none has a member twice: a host in two pools is in the groups of both. */
function disjoint(gathered: readonly Gathering[]): Gathering[][] {
  const lists: { taken: Set<string>; list: Gathering[] }[] = []
  for (const gathering of gathered) {
    const keys = gathering.group.members.map(({ counter, hostId }) => `${counter.id} ${hostId}`)
    const free = lists.find(({ taken }) => !keys.some((key) => taken.has(key)))
    const chosen = free ?? { taken: new Set(), list: [] }
    if (!free) lists.push(chosen)
    for (const key of keys) chosen.taken.add(key)
    chosen.list.push(gathering)
  }
  return lists.map(({ list }) => list)
}

interface Gathering {
  readonly group: MemberGroup
  readonly fn: CounterFunction
  readonly kind: CounterKind
  /** What is joined: all members in one, those of one host in one, or each on its own. */
  readonly parts: ReadonlyMap<string, WindowColumns>
  readonly columnsOf: (member: Member) => WindowColumns
}

function gatheringOf(group: MemberGroup, { function: wanted, steps }: GroupRequest): Gathering {
  const { kind } = group.members[0]!.counter
  const isOneKind = group.members.every(({ counter }) => counter.kind === kind)
  const fn = wanted ?? (isOneKind ? usualFunction(kind) : 'avg')
  const parts = new Map<string, WindowColumns>()
  const keyOf = ({ counter, hostId }: Member) => {
    if (!isMadeOfEach(fn, kind)) return ''
    return fn === 'percentile' ? String(hostId) : `${counter.id} ${hostId}`
  }
  const columnsOf = (member: Member) => {
    const key = keyOf(member)
    const columns = parts.get(key) ?? new WindowColumns(steps.length)
    parts.set(key, columns)
    return columns
  }
  return { group, fn, kind, parts, columnsOf }
}

function valuesOf(
  { group, fn, kind, parts }: Gathering,
  { steps, percentile, shiftMs, nowMs }: GroupRequest,
): GroupValues {
  const all = [...parts.values()]
  const values = Array.from({ length: steps.length }, (_, index) => {
    const passedMs = nowMs - (steps.fromMs - shiftMs + index * steps.stepMs)
    const seconds = Math.min(steps.stepMs, Math.max(fineTier.widthMs, passedMs - (passedMs % fineTier.widthMs))) / 1_000
    const known = all.flatMap((columns) => {
      const sums = columns.at(index)
      return sums ? (stepValue(sums, fn, kind, seconds) ?? []) : []
    })
    if (known.length === 0) return null
    return fn === 'percentile' ? percentileOf(known, percentile) : known.reduce((sum, value) => sum + value, 0)
  })
  return { group, function: fn, values }
}

/** @throws {RookeryError} REQUEST_INVALID. */
function checkCost(gathered: readonly Gathering[], { fromMs, stepMs, length }: Steps): void {
  const series = gathered.reduce((sum, { group }) => sum + group.members.length, 0)
  const tier = [coarseTier, middleTier, fineTier].find(({ widthMs }) => stepMs % widthMs === 0)!
  const blocks = series * blockStarts(tier, fromMs, fromMs + stepMs * length).length
  const parts = gathered.reduce(
    (sum, { group, fn, kind }) => sum + (isMadeOfEach(fn, kind) ? group.members.length : 1),
    0,
  )
  if (blocks <= mostBlocks && parts * length <= mostValues) return
  throw new RookeryError(
    'REQUEST_INVALID',
    `this asks for ${series} counters of single hosts over ${length} steps, which is too much at once: name fewer, a shorter time, or a wider step`,
  )
}
