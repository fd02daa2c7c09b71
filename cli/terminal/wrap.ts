/** The words in lines of at most `columns`, each behind `indent` spaces. A word that is too long has a line of its own. */
export function wrapped(words: readonly string[], columns: number, indent: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && indent + last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(indent) + line)
}
