import { matchesGlob, normalize } from 'node:path'
import type { CommandLine } from '../../proto/release-manifest.ts'
import { commandWords } from '../process/launch.ts'

/** Variables by which what is executed becomes something else than its name says. */
const decisive =
  /^(PATH|LD_.*|BASH_ENV|ENV|NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONSTARTUP|PERL5LIB|PERL5OPT|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|GCONV_PATH|GLIBC_TUNABLES)$/

/** Why a command may not be executed; undefined when it may. */
export function commandRefusal(command: CommandLine, allowed: readonly string[]): string | undefined {
  const [file] = commandWords(command)
  if (allowed.some((rule) => matches(executable(file), rule))) return undefined
  return typeof command === 'string' ? 'text is run by /bin/sh, which is not allowed' : `${file} is not allowed`
}

/** The variable that would make another program of an allowed one; undefined when none would. */
export function decisiveVariable(environment: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(environment).find((name) => decisive.test(name))
}

/** What lies in the release begins with `./`, however it is written; what climbs out of it with `../`. */
function executable(file: string): string {
  if (!file.includes('/')) return file
  const path = normalize(file)
  return path.startsWith('/') || path.startsWith('../') ? path : `./${path}`
}

function matches(file: string, rule: string): boolean {
  if (rule.endsWith('/')) return file.startsWith(rule) && file.length > rule.length
  return file === rule || (rule.includes('/') && matchesGlob(file, rule))
}
