import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { lockDirectory } from '../../../runtime/directory-lock.ts'

const directory = mkdtempSync(join(tmpdir(), 'rookery-lock-'))
after(() => rmSync(directory, { recursive: true }))

describe('directory lock', () => {
  it('is refused to a second taker and free again after release', () => {
    const lock = lockDirectory(directory)
    assert.throws(() => lockDirectory(directory), { code: 'DATA_DIR_LOCKED' })
    lock.release()
    lockDirectory(directory).release()
  })

  it('ends with the process that holds it, however that ends', async () => {
    const module = new URL('../../../runtime/directory-lock.ts', import.meta.url).href
    const script = `const { lockDirectory } = await import(${JSON.stringify(module)}); lockDirectory(${JSON.stringify(directory)}); gc(); console.log('held'); setInterval(() => {}, 1000)`
    const holder = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(holder.stdout, 'data')
      assert.throws(() => lockDirectory(directory), { code: 'DATA_DIR_LOCKED' })
    } finally {
      holder.kill('SIGKILL')
      await once(holder, 'exit')
    }
    lockDirectory(directory).release()
  })
})
