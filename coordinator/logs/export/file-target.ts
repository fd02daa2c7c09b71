import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileExport } from './config.ts'
import type { ExportRecord, ExportTarget } from './export-record.ts'

const defaults = { maxFileBytes: 64 * 1024 * 1024, keepFiles: 10 } as const

/** Lines of JSON in `rookery.log`; full ones are `rookery.log.1`, the newest, and on. */
export class FileTarget implements ExportTarget {
  readonly #options: Required<Pick<FileExport, 'directory' | 'maxFileBytes' | 'keepFiles'>>

  constructor({ directory, maxFileBytes, keepFiles }: FileExport) {
    this.#options = {
      directory,
      maxFileBytes: maxFileBytes ?? defaults.maxFileBytes,
      keepFiles: keepFiles ?? defaults.keepFiles,
    }
  }

  async send(records: readonly ExportRecord[]): Promise<void> {
    const { directory, maxFileBytes } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o750 })
    if ((await sizeOf(this.#path(0))) >= maxFileBytes) await this.#rotate()
    const file = await open(this.#path(0), 'a', 0o640)
    try {
      await file.writeFile(records.map((record) => `${JSON.stringify(shown(record))}\n`).join(''))
      await file.datasync()
    } finally {
      await file.close()
    }
  }

  async close(): Promise<void> {}

  async #rotate(): Promise<void> {
    const { keepFiles } = this.#options
    await rm(this.#path(keepFiles), { force: true })
    for (let number = keepFiles - 1; number >= 0; number--)
      await rename(this.#path(number), this.#path(number + 1)).catch(ignoreMissing)
  }

  #path(number: number): string {
    return join(this.#options.directory, number === 0 ? 'rookery.log' : `rookery.log.${number}`)
  }
}

function shown({ id, atMs, host, app, stream, rolloutId, releaseId, level, text, gapBytes }: ExportRecord) {
  const time = new Date(atMs).toISOString()
  const about = { time, level, host, app, stream, rolloutId, releaseId, text, id }
  return gapBytes === 0 ? about : { ...about, gapBytes }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
