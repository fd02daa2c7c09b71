import type { KnownCounter } from '../counter-index.ts'
import type { CounterStore } from '../counter-store.ts'
import { partPattern } from '../name-pattern.ts'
import type { Member, MemberGroup } from '../series-groups.ts'

interface Dependencies {
  readonly store: CounterStore
  /** Pools of a host; none when it is not known. */
  readonly poolsOf: (host: string) => readonly string[]
}

/** A node of the tree, as `find` tells it. */
export interface TreeNode {
  readonly id: string
  readonly text: string
  /** It can be drawn. */
  readonly isLeaf: boolean
  /** There is something below it. */
  readonly isBranch: boolean
}

/** Counters of the host itself stand where those of an app have its name. */
const noApp = '-'
type PartTest = (part: string) => boolean

/**
 * Counters as paths: `hosts.<host>.<app>.<name>`, `pools.<pool>.<app>.<name>` and `fleet.<app>.<name>`, the last two all
 * hosts as one. Each tag is one more node, `key=value`; a path without them is all of them together. Dots within a host,
 * a pool or a tag are `_`.
 */
export class CounterTree {
  readonly #dependencies: Dependencies
  readonly #nodes = new Map<number, readonly string[]>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** What a pattern finds at its own depth. */
  async find(query: string): Promise<TreeNode[]> {
    const tests = testsOf(query)
    if (!tests) return []
    const found = new Map<string, { text: string; isLeaf: boolean; isBranch: boolean }>()
    for await (const path of this.#paths(tests)) {
      const { nodes, named } = path
      if (nodes.length < tests.length) continue
      const id = nodes.slice(0, tests.length).join('.')
      const before = found.get(id)
      found.set(id, {
        text: nodes[tests.length - 1]!,
        isLeaf: before?.isLeaf === true || tests.length === nodes.length || tests.length === named,
        isBranch: before?.isBranch === true || nodes.length > tests.length,
      })
    }
    return [...found].map(([id, node]) => ({ id, ...node })).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** The series a path stands for, each under the path it has, in their order. */
  async groups(path: string): Promise<MemberGroup[]> {
    const tests = testsOf(path)
    if (!tests) return []
    const groups = new Map<string, Member[]>()
    for await (const { nodes, named, members } of this.#paths(tests)) {
      if (tests.length !== nodes.length && tests.length !== named) continue
      const key = nodes.slice(0, tests.length).join('.')
      groups.set(key, [...(groups.get(key) ?? []), ...members()])
    }
    return [...groups].map(([key, members]) => ({ key, members })).sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** All paths whose nodes match as far as both go. */
  async *#paths(tests: readonly PartTest[]): AsyncGenerator<Path> {
    const { store, poolsOf } = this.#dependencies
    await store.load()
    const [isRoot, second = () => true] = tests as [PartTest, PartTest?]
    const hostsOf = (counter: KnownCounter) => [...counter.hosts]
    for (const counter of store.index.counters) {
      const below = this.#nodesOf(counter)
      const named = nodesOfPath(counter).length
      if (isRoot('fleet') && matches(tests.slice(1), below)) {
        const members = () => hostsOf(counter).map((hostId) => ({ counter, hostId }))
        yield { nodes: ['fleet', ...below], named: 1 + named, members }
      }
      if (!matches(tests.slice(2), below)) continue
      const byPlace = new Map<string, number[]>()
      const put = (place: string, hostId: number) => {
        const hosts = byPlace.get(place)
        if (hosts) hosts.push(hostId)
        else byPlace.set(place, [hostId])
      }
      for (const hostId of counter.hosts) {
        const host = store.index.hostName(hostId)
        if (isRoot('hosts') && second(node(host))) put(`hosts.${node(host)}`, hostId)
        if (isRoot('pools'))
          for (const pool of poolsOf(host)) if (second(node(pool))) put(`pools.${node(pool)}`, hostId)
      }
      for (const [place, hosts] of byPlace) {
        const members = () => hosts.map((hostId) => ({ counter, hostId }))
        yield { nodes: [...place.split('.'), ...below], named: 2 + named, members }
      }
    }
  }

  #nodesOf(counter: KnownCounter): readonly string[] {
    const known = this.#nodes.get(counter.id)
    if (known) return known
    const [, ...tags] = counter.name.split(';')
    const nodes = [...nodesOfPath(counter), ...tags.map(node)]
    this.#nodes.set(counter.id, nodes)
    return nodes
  }
}

interface Path {
  readonly nodes: readonly string[]
  /** So many of them come before the tags. */
  readonly named: number
  readonly members: () => Member[]
}

function nodesOfPath({ app, name }: KnownCounter): string[] {
  return [app === '' ? noApp : app, ...name.split(';', 1)[0]!.split('.')]
}

function node(text: string): string {
  return text.replaceAll('.', '_')
}

function testsOf(path: string): PartTest[] | undefined {
  const tests = splitNodes(path).map(partPattern)
  return tests.includes(undefined) ? undefined : (tests as PartTest[])
}

/** Dots within braces belong to an alternative. */
function splitNodes(path: string): string[] {
  return path.match(/(?:[^.{]|\{[^}]*\})+/g) ?? ['']
}

function matches(tests: readonly PartTest[], nodes: readonly string[]): boolean {
  const length = Math.min(tests.length, nodes.length)
  for (let at = 0; at < length; at++) if (!tests[at]!(nodes[at]!)) return false
  return true
}
