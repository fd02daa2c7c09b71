import { closeSync, readdirSync, readFileSync } from 'node:fs'

/** O_CLOEXEC, as /proc/self/fdinfo shows it (proc(5)): everything Node opens has it. */
const closeOnExecute = 0o2000000

/**
 * Closes what whoever started this process left open for it, but for the three standard files, so that no command we start
 * gets at it. Does nothing where there is no /proc.
 */
export function closeInheritedFiles(): void {
  const ofNode = Number(process.env.NODE_CHANNEL_FD ?? -1)
  for (const fd of openFiles()) {
    if (fd <= 2 || fd === ofNode || isKeptToOurselves(fd)) continue
    try {
      closeSync(fd)
    } catch {
      // Gone already: the one that listed them.
    }
  }
}

function openFiles(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return []
  }
}

function isKeptToOurselves(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return flags === undefined || (Number.parseInt(flags, 8) & closeOnExecute) !== 0
  } catch {
    return true
  }
}
