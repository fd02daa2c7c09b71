import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SwarmAuthority } from '../../test/support/swarm-authority.ts'
import type { PeerCertificate } from '../clients/client.ts'
import type { Certificates } from './transfer.ts'

/** An authority and a certificate (ECDSA P-256) for each side, as files in the directory. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const authority = await SwarmAuthority.create('bench authority')
  const keep = async (name: string, pem: string) => {
    const path = join(directory, name)
    await writeFile(path, pem, { mode: 0o600 })
    return path
  }
  const authorityFile = await keep('authority.pem', authority.certificate)
  const side = async (name: string): Promise<PeerCertificate> => {
    const { certificate, key } = await authority.issue({ name })
    return {
      certificate: await keep(`${name}.pem`, certificate),
      key: await keep(`${name}-key.pem`, key),
      authority: authorityFile,
    }
  }
  return { seeder: await side('seeder'), fetcher: await side('fetcher') }
}
