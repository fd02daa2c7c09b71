import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { AuditLog, type AuditRecord } from '../../../coordinator/audit/audit-log.ts'
import { boundedParameters, boundedText } from '../../../coordinator/audit/audit-parameters.ts'
import { openDatabase } from '../../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../../coordinator/store/sqlite.ts'
import { chainStart, entryHash } from '../../../proto/audit-chain.ts'
import type { AuditEntry } from '../../../proto/http/access.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'

const record = (changes: Partial<AuditRecord> = {}): AuditRecord => ({
  ...{ principal: 'token:1', action: 'rollout.start', target: 'r1', parameters: { app: 'hello' } },
  ...{ source: '127.0.0.1', result: 'ok' },
  ...changes,
})

describe('the audit log', () => {
  let directory: string
  let file: string
  let clock: ManualClock
  let audit: AuditLog
  let close: () => Promise<void>
  const open = async () => {
    const database = await openDatabase(sqliteFlavor(file))
    audit = new AuditLog({ database, clock, logger: silentLogger() })
    await audit.start()
    close = async () => {
      await audit.stop()
      await database.destroy()
    }
  }
  const all = async (): Promise<AuditEntry[]> => {
    const entries: AuditEntry[] = []
    for await (const page of audit.after(0)) entries.push(...page)
    return entries
  }
  /** As somebody who can write the file, and knows how to get rid of what is in his way. */
  const tamper = (...statements: string[]) => {
    const store = new DatabaseSync(file)
    store.exec('drop trigger audit_entry_no_update; drop trigger audit_entry_no_delete;')
    for (const statement of statements) store.exec(statement)
    store.close()
  }
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rookery-audit-'))
    file = join(directory, 'store.sqlite')
    clock = new ManualClock()
    await open()
  })
  afterEach(async () => {
    await close()
    await rm(directory, { recursive: true })
  })

  it('numbers without holes and chains, also what comes at once, and over restarts', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, index) => audit.record(record({ target: `r${index}` }))))
    await close()
    await open()
    await audit.record(record({ target: 'after' }))
    const entries = await all()
    assert.deepEqual(
      entries.map(({ number }) => number),
      Array.from({ length: 201 }, (_, index) => index + 1),
    )
    assert.deepEqual(new Set(entries.slice(0, 200).map(({ target }) => target)).size, 200)
    assert.equal(entries[0]!.previousHash, chainStart)
    for (const [index, entry] of entries.slice(1).entries()) assert.equal(entry.previousHash, entries[index]!.hash)
    assert.deepEqual(await audit.verify(), {
      ...{ ok: true, entries: 201, broken: null },
      head: { number: 201, hash: entries.at(-1)!.hash },
    })
  })

  it('is refused by the database to be changed or shortened', async () => {
    await audit.record(record())
    const store = new DatabaseSync(file)
    for (const statement of [
      "update audit_entry set principal = 'nobody'",
      'delete from audit_entry',
      'delete from audit_entry where number = 1',
    ])
      assert.throws(() => store.exec(statement), /append-only/)
    store.close()
    assert.equal((await audit.verify()).ok, true)
  })

  it('shows every field that was changed, what was taken out, added, or put elsewhere', async () => {
    const attacks: [string, number, RegExp][] = [
      ["update audit_entry set principal = 'x' where number = 4", 4, /it was changed/],
      ["update audit_entry set action = 'x' where number = 1", 1, /it was changed/],
      ["update audit_entry set target = 'x' where number = 7", 7, /it was changed/],
      ["update audit_entry set parameters = '{}' where number = 4", 4, /it was changed/],
      ["update audit_entry set source = 'x' where number = 4", 4, /it was changed/],
      ["update audit_entry set result = 'FORBIDDEN' where number = 4", 4, /it was changed/],
      ['update audit_entry set at_ms = at_ms + 1 where number = 4', 4, /it was changed/],
      [`update audit_entry set hash = '${'0'.repeat(64)}' where number = 4`, 4, /it was changed|another one/],
      ['delete from audit_entry where number = 4', 5, /entries are missing/],
      ['delete from audit_entry where number = 1', 2, /entries are missing/],
      ['delete from audit_entry where number > 5', 6, /the chain was cut off: it had 7 entries/],
      ['delete from audit_entry', 1, /the chain was cut off/],
    ]
    for (const [statement, number, detail] of attacks) {
      await close()
      await rm(file)
      await open()
      for (let index = 0; index < 7; index++) await audit.record(record({ target: `r${index}` }))
      assert.equal((await audit.verify()).ok, true)
      tamper(statement)
      const { ok, broken } = await audit.verify()
      assert.equal(ok, false, statement)
      assert.equal(broken?.number, number, statement)
      assert.match(broken!.detail, detail, statement)
    }
  })

  it('shows that it was written anew, to whoever has run since', async () => {
    for (let index = 0; index < 3; index++) await audit.record(record())
    const entries = await all()
    let previousHash = chainStart
    const forged = entries.map((entry) => {
      const unhashed = { ...entry, principal: 'somebody:else', previousHash }
      previousHash = entryHash(unhashed)
      return { ...unhashed, hash: previousHash }
    })
    tamper(
      ...forged.map(
        ({ number, principal, previousHash, hash }) =>
          `update audit_entry set principal = '${principal}', previous_hash = '${previousHash}', hash = '${hash}' where number = ${number}`,
      ),
    )
    assert.match((await audit.verify()).broken!.detail, /written anew/)
  })

  it('says when it cannot be written, and goes on numbering when it can again', async () => {
    await audit.record(record())
    const store = new DatabaseSync(file)
    store.exec("create trigger full before insert on audit_entry begin select raise(abort, 'the disk is full'); end")
    await assert.rejects(audit.record(record()), { code: 'UNAVAILABLE' })
    store.exec('drop trigger full')
    store.close()
    await audit.record(record())
    assert.deepEqual([(await audit.verify()).ok, (await all()).length], [true, 2])
  })

  it('is found by time, principal, action and target, page by page', async () => {
    for (let index = 0; index < 10; index++) {
      const isStart = index % 2 === 0
      await audit.record(
        record({
          principal: `token:${index % 3}`,
          action: isStart ? 'rollout.start' : 'lock.hold',
          target: `t${index}`,
        }),
      )
      clock.advance(1_000)
    }
    const numbers = async (query: Parameters<AuditLog['list']>[0]) =>
      (await audit.list(query)).entries.map(({ number }) => number)
    assert.deepEqual(await numbers({ action: 'rollout.*' }), [9, 7, 5, 3, 1])
    assert.deepEqual(await numbers({ action: 'rollout' }), [])
    assert.deepEqual(await numbers({ action: '*', limit: 2 }), [10, 9])
    assert.deepEqual(await numbers({ principal: 'token:1' }), [8, 5, 2])
    assert.deepEqual(await numbers({ target: 't3' }), [4])
    const fromMs = clock.now() - 3_000
    assert.deepEqual(await numbers({ fromMs }), [10, 9, 8])
    assert.deepEqual(await numbers({ fromMs, toMs: clock.now() - 1_000 }), [9, 8])
    const first = await audit.list({ limit: 4 })
    assert.deepEqual([first.entries.length, first.next], [4, 7])
    assert.deepEqual(await numbers({ limit: 4, before: first.next! }), [6, 5, 4, 3])
    assert.equal((await audit.list({ limit: 4, before: 5 })).next, null)
  })

  it('keeps whatever comes as it came, so that its hash holds', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(text, text, fc.anything(), text, async (principal, target, parameters, source) => {
        await audit.record(record({ principal, target, parameters: { parameters }, source }))
      }),
      { numRuns: 200 },
    )
    for (const odd of ['\0', '\ud800', 'a\ud800b', '\udfff\ud800', '\n', '"', '\u2028'])
      await audit.record(record({ target: odd }))
    assert.deepEqual((await audit.verify()).broken, null)
  })
})

describe('what was asked for, in the audit log', () => {
  it('is without secrets', () => {
    const kept = boundedParameters({
      source: { git: 'https://ann:hunter2@git.example.org/shop.git?access_token=hunter2&ref=main' },
      note: 'the token is rk_4f2a9c1d2e_hunter2hunter2hunter2hunter2hunter2hunter2hun',
      ...{
        password: 'hunter2',
        apiKey: 'hunter2',
        Authorization: 'hunter2',
        clientSecret: ['hunter2'],
        key: 'hunter2',
      },
      nested: [{ token: 'hunter2' }, { privateKey: { pem: 'hunter2' } }],
      ...{ keep: 3, monkeys: 'two', reason: 'keyboard' },
    })
    assert.ok(!kept.includes('hunter2'), kept)
    for (const part of ['git.example.org', 'ref=main', 'rk_4f2a9c1d2e', '"keep":3', 'monkeys', 'keyboard'])
      assert.ok(kept.includes(part), part)
  })

  it('is of bounded length, and always JSON', () => {
    const deep = { value: {} as object }
    for (let index = 0; index < 1_000; index++) deep.value = { value: deep.value }
    const wide = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`field ${index} ${'\u{1f426}'.repeat(200)}`, 'x'.repeat(10_000)]),
    )
    for (const value of [deep, wide, 'x'.repeat(100_000), Array(10_000).fill('\u{1f426}'), undefined, null, []]) {
      const text = boundedParameters({ value })
      assert.ok(text.length < 10_000, `${text.length}`)
      JSON.parse(text)
    }
    assert.equal(boundedText('a\nb\u0000c\u009bd', 100), 'a\ufffdb\ufffdc\ufffdd')
    assert.equal(boundedText('\u{1f426}\u{1f426}', 3), '\u{1f426}\ufffd')
  })
})
