import { RookeryError } from '../../runtime/errors.ts'

type Node =
  | { readonly kind: 'directory'; readonly children: Map<string, Node> }
  | { readonly kind: 'file' }
  | { readonly kind: 'link'; readonly target: string }

/** Following more links than this for one path is refused; the kernel itself gives up after 40. */
const maxLinksFollowed = 255
const maxPathBytes = 4_096
const maxNameBytes = 255
/** Deeper trees are nobody's work, and every directory of a path that the archive does not list is made for it. */
const maxDepth = 255
/** Directories that are made though the archive does not list them: the packer lists all. */
const maxImplied = 10_000
/** Parts of paths that are looked at for all links together: a second's work, where an honest tree takes a few for each. */
const maxSteps = 20_000_000
/** So much of a name stands in an error. */
const shownCharacters = 200

/**
 * The tree an archive describes, before anything of it is trusted. It decides; nothing on disk is asked.
 *
 * Invariants: every path is relative and without `..`; an entry's parents are directories of this tree, never links,
 * so nothing is ever written through a link; nothing but a directory comes twice; names are text without control characters.
 */
export class TreeModel {
  readonly #root: Node & { kind: 'directory' } = { kind: 'directory', children: new Map() }
  readonly #links: { path: string; target: string }[] = []
  #implied = 0
  #steps = 0

  /** In the order they came; made only once everything else is on disk. */
  get links(): readonly { path: string; target: string }[] {
    return this.#links
  }

  /** Adds a directory and the parents it lacks. Returns those that are new, outermost first. */
  addDirectory(path: string): string[] {
    const { created } = this.#directory(segmentsOf(path))
    if (created.length > 1) this.#countImplied(path, created.length - 1)
    return created
  }

  /** Returns the parents that are new, outermost first. */
  addFile(path: string): string[] {
    return this.#add(path, { kind: 'file' })
  }

  addLink(path: string, target: string): string[] {
    if (target === '' || Buffer.byteLength(target) >= maxPathBytes || !isPlainText(target))
      throw unsafe(path, 'is a link with an invalid target')
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
      if (!this.#staysInside(segmentsOf(path).slice(0, -1), path, target))
        throw unsafe(path, `is a link to ${target}, which leaves the release or never ends`)
    }
  }

  #add(path: string, node: Node): string[] {
    const segments = segmentsOf(path)
    const name = segments.pop()!
    const { node: parent, created } = this.#directory(segments)
    if (parent.children.has(name)) throw unsafe(path, 'comes twice')
    parent.children.set(name, node)
    this.#countImplied(path, created.length)
    return created
  }

  #countImplied(path: string, directories: number): void {
    this.#implied += directories
    if (this.#implied > maxImplied)
      throw unsafe(path, `lies in more than ${maxImplied} directories that are not listed`)
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
    return segments.reduce<Node | undefined>(childOf, this.#root)
  }

  /** A part of the path that does not exist ends nothing: what a later write put there must not lead out either. */
  #staysInside(from: readonly string[], path: string, target: string): boolean {
    const place: (Node | undefined)[] = [this.#root]
    for (const name of from) place.push(childOf(place.at(-1), name))
    const todo = target.split('/').reverse()
    for (let followed = 0; todo.length > 0; ) {
      if (++this.#steps > maxSteps) throw unsafe(path, 'is one link too many to follow')
      const name = todo.pop()!
      if (name === '' || name === '.') continue
      if (name === '..') {
        place.pop()
        if (place.length === 0) return false
        continue
      }
      const node = childOf(place.at(-1), name)
      if (node?.kind !== 'link') {
        place.push(node)
        continue
      }
      if (++followed > maxLinksFollowed) return false
      todo.push(...node.target.split('/').reverse())
    }
    return true
  }
}

function childOf(node: Node | undefined, name: string): Node | undefined {
  return node?.kind === 'directory' ? node.children.get(name) : undefined
}

/**
 * A path of the archive without `.` parts and a trailing slash; empty for the root itself.
 * @throws {RookeryError} ARCHIVE_UNSAFE when it is absolute, has `..`, is no text, or is too long or too deep for a file system.
 */
export function archivePath(name: string): string {
  if (name.startsWith('/')) throw unsafe(name, 'is an absolute path')
  if (Buffer.byteLength(name) > maxPathBytes) throw unsafe(name, 'is too long for a path')
  if (!isPlainText(name)) throw unsafe(name, 'is no valid path: it is not UTF-8, or has control characters')
  const segments = segmentsOf(name).filter((segment) => segment !== '.')
  if (segments.includes('..')) throw unsafe(name, 'has a part ..')
  if (segments.some((segment) => Buffer.byteLength(segment) > maxNameBytes))
    throw unsafe(name, 'has a part that is too long for a file name')
  if (segments.length > maxDepth) throw unsafe(name, `lies deeper than ${maxDepth} directories`)
  return segments.join('/')
}

/** Bytes that are not UTF-8 were replaced when the archive was read. */
function isPlainText(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return !/[\u0000-\u001f\u007f\ufffd]/.test(name)
}

export function unsafe(path: string, what: string): RookeryError {
  const shown = path.length > shownCharacters ? `${path.slice(0, shownCharacters)}…` : path
  return new RookeryError('ARCHIVE_UNSAFE', `the archive is refused: ${JSON.stringify(shown)} ${what}`)
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
