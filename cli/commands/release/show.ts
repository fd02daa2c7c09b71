import type { Command } from 'commander'
import type { Release } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatBytes, formatMoment, plural } from '../../terminal/format.ts'

export function addReleaseShowCommand(parent: Command, cli: Cli): void {
  parent
    .command('show <release>')
    .description('one release: its artifact, digests and how it is run')
    .addHelpText('after', '\nExample:\n  $ rookery release show hello-4f2a9c1d2e')
    .action(
      action(cli, async ({ api, output, clock }, id: string) => {
        const release = await api.getRelease(id)
        if (output.json) output.object(release)
        else for (const line of describeRelease(release, clock.now())) output.line(line)
      }),
    )
}

export function describeRelease(release: Release, nowMs: number): string[] {
  const { manifest } = release
  const lines = [
    `release    ${release.id}`,
    `app        ${release.app}`,
    `revision   ${release.revision}`,
    `state      ${release.state}${release.failure ? `: ${release.failure.message} (${release.failure.code})` : ''}`,
    `created    ${formatMoment(release.createdAtMs, nowMs)}`,
  ]
  const { revoked } = release
  if (revoked) {
    const what = revoked.releaseId === release.id ? 'revoked' : `not newer than ${revoked.releaseId}, which was revoked`
    const by = revoked.by === null ? '' : ` by ${revoked.by}`
    lines.push(`revoked    ${what}${by} ${formatMoment(revoked.atMs, nowMs)}: ${revoked.reason}`)
  }
  if (!manifest) return lines
  const { artifact, deploy } = manifest
  lines.push(
    `artifact   ${artifact.fileName}, ${formatBytes(artifact.bytes)} (${artifact.format})`,
    `unpacked   ${plural(artifact.entries, 'entry').replace('entrys', 'entries')}, ${formatBytes(artifact.unpackedBytes)}`,
    `sha256     ${artifact.sha256}`,
    `info hash  ${artifact.infoHash}`,
    `signed by  ${release.signedBy ?? '-'}`,
    `path       ${deploy.path}, keeps ${plural(deploy.keep, 'release')}`,
  )
  if (deploy.run) lines.push(`runs       ${[deploy.run.command].flat().join(' ')}`)
  const hooks = Object.keys(deploy.hooks)
  if (hooks.length > 0) lines.push(`hooks      ${hooks.join(', ')}`)
  return lines
}
