import type { CommandLine } from '../../proto/release-manifest.ts'
import type { SystemUser } from './system-user.ts'

/** What is executed, and with which variables. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** By these a release would run code of its own in setpriv, while that is still the agent's user: ld.so(8), “secure-execution mode”. */
const ofTheLoader =
  /^(LD_.*|GLIBC_TUNABLES|GCONV_PATH|GETCONF_DIR|LOCPATH|NLSPATH|MALLOC_.*|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|RESOLV_HOST_CONF|NIS_PATH|TZDIR)$/

/** The words to execute: text is the shell's, a list runs as it is. */
export function commandWords(command: CommandLine): [string, ...string[]] {
  return typeof command === 'string' ? ['/bin/sh', '-c', command] : (command as [string, ...string[]])
}

/**
 * How a command is started as a user: by setpriv, with the user's groups and no capabilities, so that nothing of the
 * agent's is left. As nobody in particular, it is started as it is.
 */
export function launchAs(
  user: SystemUser | undefined,
  command: CommandLine,
  environment: Readonly<Record<string, string>>,
): Launch {
  const [file, ...args] = commandWords(command)
  if (!user) return { file, args, environment }
  const groups = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--inh-caps=-all']
  const variables = Object.entries(environment)
  const late = variables.filter(([name]) => ofTheLoader.test(name)).map(([name, value]) => `${name}=${value}`)
  // They are for the command, which env(1) starts as the user.
  const words = late.length === 0 ? [file, ...args] : ['/usr/bin/env', ...late, file, ...args]
  const early = Object.fromEntries(variables.filter(([name]) => !ofTheLoader.test(name)))
  return { file: user.setpriv, args: [...groups, '--', ...words], environment: early }
}

/** What a login of the user would set. */
export function userVariables(user: SystemUser | undefined): Record<string, string> {
  return user ? { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: user.shell } : {}
}
