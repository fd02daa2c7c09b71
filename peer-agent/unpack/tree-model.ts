import { RookeryError } from '../../runtime/errors.ts'

type Node =
  | { readonly kind: 'directory'; readonly children: Map<string, Node> }
  | { readonly kind: 'file' }
  | { readonly kind: 'link'; readonly target: string }

/** Following more links than this for one path is refused; the kernel itself gives up after 40. */
const maxLinksFollowed = 255
const maxPathBytes = 4_096
const maxNameBytes = 255

/**
 * The tree an archive describes, before anything of it is trusted. It decides; nothing on disk is asked.
 *
 * Invariants: every path is relative and without `..`; an entry's parents are directories of this tree, never links,
 * so nothing is ever written through a link; nothing but a directory comes twice.
 */
export class TreeModel {
  readonly #root: Node & { kind: 'directory' } = { kind: 'directory', children: new Map() }
  readonly #links: { path: string; target: string }[] = []

  /** In the order they came; made only once everything else is on disk. */
  get links(): readonly { path: string; target: string }[] {
    return this.#links
  }

  /** Adds a directory and the parents it lacks. Returns those that are new, outermost first. */
  addDirectory(path: string): string[] {
    return this.#directory(segmentsOf(path)).created
  }

  /** Returns the parents that are new, outermost first. */
  addFile(path: string): string[] {
    return this.#add(path, { kind: 'file' })
  }

  addLink(path: string, target: string): string[] {
    if (target === '' || target.includes('\0')) throw unsafe(path, 'is a link with an invalid target')
    if (target.startsWith('/')) throw unsafe(path, `is a link to the absolute path ${target}`)
    const created = this.#add(path, { kind: 'link', target })
    this.#links.push({ path, target })
    return created
  }

  /** A hard link is another name of a file that came before it. Returns the parents that are new. */
  addHardLink(path: string, target: string): string[] {
    const node = this.#lookup(segmentsOf(target))
    if (node?.kind !== 'file') throw unsafe(path, `is a hard link to ${target}, which is no file of this archive`)
    return this.#add(path, { kind: 'file' })
  }

  /**
   * Follows every link as the kernel would, through links to links and through `..` behind links.
   * @throws {RookeryError} ARCHIVE_UNSAFE when one leaves the tree.
   */
  checkLinks(): void {
    for (const { path, target } of this.#links) {
      if (!this.#staysInside(segmentsOf(path).slice(0, -1), target))
        throw unsafe(path, `is a link to ${target}, which leaves the release or never ends`)
    }
  }

  #add(path: string, node: Node): string[] {
    const segments = segmentsOf(path)
    const name = segments.pop()!
    const { node: parent, created } = this.#directory(segments)
    if (parent.children.has(name)) throw unsafe(path, 'comes twice')
    parent.children.set(name, node)
    return created
  }

  #directory(segments: readonly string[]): { node: Node & { kind: 'directory' }; created: string[] } {
    const created: string[] = []
    let node = this.#root
    segments.forEach((name, index) => {
      let child = node.children.get(name)
      if (!child) {
        child = { kind: 'directory', children: new Map() }
        node.children.set(name, child)
        created.push(segments.slice(0, index + 1).join('/'))
      }
      if (child.kind !== 'directory')
        throw unsafe(segments.join('/'), `is or lies below ${segments.slice(0, index + 1).join('/')}, a ${child.kind}`)
      node = child
    })
    return { node, created }
  }

  #lookup(segments: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root
    for (const name of segments) node = node?.kind === 'directory' ? node.children.get(name) : undefined
    return node
  }

  /** A part of the path that does not exist ends nothing: what a later write put there must not lead out either. */
  #staysInside(from: readonly string[], target: string): boolean {
    const place = [...from]
    const todo = target.split('/').reverse()
    for (let followed = 0; todo.length > 0; ) {
      const name = todo.pop()!
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (place.pop() === undefined) return false
        continue
      }
      place.push(name)
      const node = this.#lookup(place)
      if (node?.kind !== 'link') continue
      if (++followed > maxLinksFollowed) return false
      place.pop()
      todo.push(...node.target.split('/').reverse())
    }
    return true
  }
}

/**
 * A path of the archive without `.` parts and a trailing slash; empty for the root itself.
 * @throws {RookeryError} ARCHIVE_UNSAFE when it is absolute, has `..`, or is too long for a file system.
 */
export function archivePath(name: string): string {
  if (name.startsWith('/')) throw unsafe(name, 'is an absolute path')
  if (name.includes('\0') || Buffer.byteLength(name) > maxPathBytes)
    throw unsafe(name.slice(0, 100), 'is no valid path')
  const segments = segmentsOf(name).filter((segment) => segment !== '.')
  if (segments.includes('..')) throw unsafe(name, 'has a part ..')
  if (segments.some((segment) => Buffer.byteLength(segment) > maxNameBytes))
    throw unsafe(name.slice(0, 100), 'has a part that is too long for a file name')
  return segments.join('/')
}

export function unsafe(path: string, what: string): RookeryError {
  return new RookeryError('ARCHIVE_UNSAFE', `the archive is refused: ${JSON.stringify(path)} ${what}`)
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
