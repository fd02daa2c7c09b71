import type { X509Certificate } from 'node:crypto'

/** Who we are to peers and whom we let in; given where the swarm speaks TLS. */
export interface SwarmTls {
  /** Key, certificate chain (our own first) and authorities of now, all PEM; another object after each renewal or change of whom we trust. */
  readonly current: { readonly key: string; readonly certificate: string; readonly authorities: readonly string[] }
  /** Why a peer with this certificate, whose chain has been verified, is not let in; undefined when it is. */
  refuse(certificate: X509Certificate): string | undefined
  /** The same of a tracker that we announce to over HTTPS; `refuse` when it is left out. */
  refuseTracker?(certificate: X509Certificate): string | undefined
  /** Calls back after a renewal or a revocation; the returned function ends it. */
  onChange(listener: () => void): () => void
}
