/** A pattern with more alternatives is refused, since each is tried on every name. */
const maxAlternatives = 100

/** A test of one character or part, or any number of them. */
type Token = 'star' | ((item: string) => boolean)

/**
 * Patterns of counter names as Graphite has them: `*` and `?` within a part, `[a-c]`, `{get,post}`; `**` is any number of
 * parts. Tags behind a `;` must be there, with values that may be patterns; without one, any tags do.
 * @returns undefined for a pattern that is none.
 */
export function namePattern(pattern: string): ((name: string) => boolean) | undefined {
  const [path = '', ...tags] = pattern.split(';')
  const matchesPath = pathPattern(path)
  const wanted = tags.map((tag) => {
    const equals = tag.indexOf('=')
    const value = equals > 0 ? partPattern(tag.slice(equals + 1)) : undefined
    return value && { key: tag.slice(0, equals), value }
  })
  if (!matchesPath || wanted.includes(undefined)) return undefined
  return (name) => {
    const { path: own, tags: ownTags } = nameParts(name)
    return matchesPath(own) && wanted.every((tag) => tag!.value(ownTags.get(tag!.key) ?? ''))
  }
}

/** A name's path and tags. */
export function nameParts(name: string): { readonly path: string; readonly tags: ReadonlyMap<string, string> } {
  const [path = '', ...tags] = name.split(';')
  return { path, tags: new Map(tags.map((tag) => tag.split('=', 2) as [string, string])) }
}

export function isPattern(text: string): boolean {
  return /[*?[{]/.test(text)
}

/** Whether one part of a name is meant; undefined for a pattern that is none. */
export function partPattern(pattern: string): ((part: string) => boolean) | undefined {
  if (!isPattern(pattern)) return (part) => part === pattern
  const compiled = alternatives(pattern)?.map(tokens)
  if (!compiled || compiled.includes(undefined)) return undefined
  return (part) => compiled.some((one) => matches(one!, part))
}

function pathPattern(pattern: string): ((path: string) => boolean) | undefined {
  const spelled = alternatives(pattern)?.map((one) =>
    one.split('.').map((part): Token | undefined => (part === '**' ? 'star' : partPattern(part))),
  )
  if (!spelled || spelled.some((parts) => parts.includes(undefined))) return undefined
  return (path) => {
    const parts = path.split('.')
    return spelled.some((wanted) => matches(wanted as Token[], parts))
  }
}

/** Every pattern without braces that this one stands for; undefined when there are too many, or a brace has no other. */
function alternatives(pattern: string): string[] | undefined {
  let open = [pattern]
  for (;;) {
    const next = open.find((one) => one.includes('{'))
    if (next === undefined) return open.some((one) => one.includes('}')) ? undefined : open
    const inner = /^([^{}]*)\{([^{}]*)\}(.*)$/.exec(next)
    if (!inner) return undefined
    const [, before, list, after] = inner
    open = [...open.filter((one) => one !== next), ...list!.split(',').map((item) => `${before}${item}${after}`)]
    if (open.length > maxAlternatives) return undefined
  }
}

function tokens(text: string): Token[] | undefined {
  const found: Token[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '*') {
      if (found.at(-1) !== 'star') found.push('star')
    } else if (character === '?') found.push(() => true)
    else if (character === '[') {
      const end = text.indexOf(']', at + 1)
      if (end < 0) return undefined
      found.push(characterClass(text.slice(at + 1, end)))
      at = end
    } else found.push((other) => other === character)
  }
  return found
}

function characterClass(text: string): (character: string) => boolean {
  const ranges = [...text.matchAll(/(.)-(.)|(.)/g)].map(([, from, to, one]) => [from ?? one!, to ?? one!] as const)
  return (character) => ranges.some(([from, to]) => from <= character && character <= to)
}

/** Goes back to the last star only: its time is the product of both lengths at most. */
function matches(pattern: readonly Token[], items: string | readonly string[]): boolean {
  let [at, from, star, starFrom] = [0, 0, -1, 0]
  while (from < items.length) {
    const token = pattern[at]
    if (token === 'star') {
      star = at++
      starFrom = from
    } else if (token?.(items[from]!)) {
      at++
      from++
    } else if (star >= 0) {
      at = star + 1
      from = ++starFrom
    } else return false
  }
  while (pattern[at] === 'star') at++
  return at === pattern.length
}
