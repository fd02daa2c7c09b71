import { readFile } from 'node:fs/promises'
import { runForOutput } from '../process/run-command.ts'
import type { HostSource } from './config.ts'
import { hostsByDns } from './dns-source.ts'
import { parseHostList } from './host-list.ts'
import { type InventoryHost, mergedHosts } from './inventory-host.ts'

const httpDeadlineMs = 30_000
const commandDeadlineMs = 30_000

/** What a source is called in logs and alerts; a URL without its secrets. */
export function sourceName(source: HostSource): string {
  if ('file' in source) return `file ${source.file}`
  if ('dns' in source) return `dns ${source.type} ${source.dns}`
  if ('http' in source) return `http ${withoutSecrets(source.http)}`
  return `command ${typeof source.command === 'string' ? source.command.split(/\s/)[0] : source.command[0]}`
}

/**
 * Asks a source which hosts there are, each named once, sorted by name.
 * @throws {Error} when it fails, or what it gives is no list of hosts.
 */
export async function readSource(source: HostSource, signal: AbortSignal): Promise<InventoryHost[]> {
  if ('file' in source) return parseHostList(await readFile(source.file, { encoding: 'utf8', signal }), source.file)
  if ('dns' in source) return mergedHosts(await hostsByDns(source, signal))
  if ('http' in source) return parseHostList(await get(source.http, source.headers ?? {}, signal), 'its answer')
  const { command, deadlineMs = commandDeadlineMs } = source
  const { exitCode, stdout, stderr } = await runForOutput(command, { deadlineMs, signal })
  if (exitCode !== 0) throw new Error(`ended with exit code ${exitCode}${stderr ? `: ${stderr}` : ''}`)
  return parseHostList(stdout.toString('utf8'), 'its output')
}

async function get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(httpDeadlineMs)
  const response = await fetch(url, { headers, signal: AbortSignal.any([signal, deadline]) })
  if (response.ok) return response.text()
  await response.body?.cancel()
  throw new Error(`HTTP ${response.status}`)
}

function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return '(no URL)'
  const { origin, pathname } = new URL(text)
  return `${origin}${pathname}`
}
