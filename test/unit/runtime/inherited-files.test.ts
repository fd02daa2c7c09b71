import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'

const module = join(import.meta.dirname, '../../../runtime/inherited-files.ts')
const script = `
  import { spawnSync } from 'node:child_process'
  import { closeInheritedFiles } from ${JSON.stringify(module)}
  closeInheritedFiles()
  const { stdout } = spawnSync('/bin/sh', ['-c', 'for file in /proc/self/fd/*; do readlink $file; done'])
  process.stdout.write(stdout)
  await fetch('http://127.0.0.1:1/').catch(() => console.log('still works'))
`

it('what we start gets none of the files that were open when we were started', () => {
  const secret = openSync('/etc/passwd', 'r')
  try {
    const stdio = ['ignore', 'pipe', 'inherit', ...Array.from({ length: 30 }, () => secret)] as never
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio, encoding: 'utf8' })
    assert.match(stdout, /still works/)
    assert.ok(!stdout.includes('/etc/passwd'), stdout)
  } finally {
    closeSync(secret)
  }
})
