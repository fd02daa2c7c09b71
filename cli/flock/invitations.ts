import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import type { ApiClient } from '../api-client/client.ts'
import type { PlannedService } from './plan.ts'

/** Writes a join token for each service that has no certificate that counts; `up` holds the coordinator's admin token. */
export async function inviteNewcomers(
  api: ApiClient,
  services: readonly PlannedService[],
  nowMs: number,
): Promise<void> {
  const newcomers = services.flatMap(({ joins }) => (joins && !hasIdentity(joins.dataDirectory, nowMs) ? [joins] : []))
  if (newcomers.length === 0) return
  const known = (await api.listIdentities()).filter(({ revokedAtMs }) => revokedAtMs === null)
  for (const { identity, invitation, tokenFile } of newcomers) {
    // Its data was deleted, and its certificate with it: nobody else may have a second one for the same name.
    const isKnown = known.some(({ kind, name }) => kind === identity.kind && name === identity.name)
    if (isKnown) await api.revokeIdentity(identity.kind, identity.name, 'its data directory is gone')
    const { token } = await api.createJoinToken(invitation)
    await writeFileDurably(tokenFile, `${token}\n`, 0o600)
  }
}

function hasIdentity(dataDirectory: string, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(readFileSync(join(dataDirectory, 'identity', 'identity.pem')))
    return certificate.validToDate.getTime() > nowMs
  } catch {
    return false
  }
}
