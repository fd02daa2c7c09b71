import assert from 'node:assert/strict'
import { it } from 'node:test'
import { LogStore } from '../../../coordinator/logs/log-store.ts'
import { LogWriter } from '../../../coordinator/logs/log-writer.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { Redactor } from '../../../runtime/redactor.ts'

it('the log of a build holds no secret, however its output was cut', async () => {
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const store = new LogStore(database)
  const clock = new ManualClock()
  const redactor = Redactor.of(['Bearer \\S+'], {}).with({ NPM_TOKEN: 'npm_0123456789' })
  const about = { rolloutId: 'ro', releaseId: 'r', app: 'hello', stream: 'build' }
  const log = new LogWriter(about, { store, redactor, clock, onError: (error) => assert.fail(String(error)) })
  for (const part of ['get /x\nBear', 'er abcdef\nusing npm_01', '234', '56789 for all', '\nlast npm_0123456789']) {
    log.write(part)
    clock.advance(300)
  }
  await log.end()
  const text = (await store.read({ release: 'r' })).map((entry) => entry.text).join('')
  assert.equal((await store.read({ app: 'hello' })).at(-1)?.final, true)
  assert.equal(text, 'get /x\n[redacted]\nusing [redacted] for all\nlast [redacted]')
  await database.destroy()
})
