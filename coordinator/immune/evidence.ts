interface Logs {
  read(query: {
    readonly rollout: string
    readonly host: string
    readonly stream: string
    readonly limit: number
  }): Promise<readonly { readonly text: string }[]>
}

const mostLines = 10
const mostCharacters = 300
/** Chunks that are looked through. */
const mostChunks = 50
const looksBad = /\b(error|fatal|panic|exception|traceback|critical|failed|refused|timed? ?out)\b/i

/** What the app of a rollout said on a host since it runs the release: its error output, else its output, errors first. */
export async function evidenceLines(logs: Logs, rollout: string, host: string): Promise<string[]> {
  for (const stream of ['app.stderr', 'app.stdout']) {
    const entries = await logs.read({ rollout, host, stream, limit: mostChunks })
    const lines = evidenceOf(entries.map(({ text }) => text).join(''))
    if (lines.length > 0) return lines
  }
  return []
}

/** The last lines that speak of an error, or just the last; each once, however often it was said. */
export function evidenceOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what an app writes must not steer the terminal that shows it
  const clean = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
  const lines = [...new Set(clean.split('\n').map((line) => line.trim().slice(0, mostCharacters)))].filter(Boolean)
  const bad = lines.filter((line) => looksBad.test(line))
  return (bad.length > 0 ? bad : lines).slice(-mostLines)
}
