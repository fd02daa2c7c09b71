import type { Heartbeat } from '../../proto/session.ts'
import type { DiskSpace } from './fleet.ts'

/** What agents last told of their disks. In memory alone: the next heartbeat tells again. */
export class DiskNotes {
  readonly #byHost = new Map<string, DiskSpace>()

  heard(host: string, { diskFreeBytes: freeBytes, diskTotalBytes: totalBytes }: Heartbeat): void {
    if (totalBytes > 0) this.#byHost.set(host, { freeBytes, totalBytes })
  }

  of(host: string): DiskSpace | null {
    return this.#byHost.get(host) ?? null
  }
}
