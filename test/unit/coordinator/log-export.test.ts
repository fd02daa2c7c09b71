import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { LogExport } from '../../../coordinator/logs/export/config.ts'
import { ExportCursors } from '../../../coordinator/logs/export/export-cursors.ts'
import { exportTarget } from '../../../coordinator/logs/export/export-target.ts'
import { LogExporter } from '../../../coordinator/logs/export/log-exporter.ts'
import { type Clock, systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { eventually } from '../../support/eventually.ts'
import { LogFixture } from '../../support/log-fixture.ts'
import { OtlpReceiver, SyslogReceiver, udpReceiver } from '../../support/log-receivers.ts'
import { SwarmAuthority } from '../../support/swarm-authority.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-export-'))
after(() => rmSync(root, { recursive: true }))

/** Waits between attempts are short, so that the test is. */
const clock: Clock = { ...systemClock, after: (delayMs, task) => systemClock.after(Math.min(delayMs, 50), task) }

async function begin(log: LogFixture, options: LogExport): Promise<LogExporter> {
  const { store, reader, database } = log
  const target = exportTarget(options, { clock })
  const cursors = new ExportCursors(database)
  const parts = { target, store, reader, cursors, clock, random: systemRandom, logger: silentLogger() }
  const exporter = new LogExporter(options, parts)
  await exporter.start()
  return exporter
}

describe('exports of the log', () => {
  it('writes lines of JSON to files, which it changes when they are full', async () => {
    const log = await LogFixture.open()
    await log.write('before it was set\n')
    const directory = join(root, 'files')
    const exporter = await begin(log, { name: 'files', directory, maxFileBytes: 1_024, keepFiles: 3 })
    for (let line = 0; line < 26; line++) {
      await log.write(`ERROR li`)
      await log.write(`ne ${line}\n`)
      await eventually('exported', () => exporter.exported.lines === line + 1)
    }
    await log.write('', { gapBytes: 99 })
    await eventually('exported', () => exporter.exported.lines === 27)
    await exporter.stop()
    assert.deepEqual(readdirSync(directory).sort(), ['rookery.log', 'rookery.log.1', 'rookery.log.2', 'rookery.log.3'])
    const files = ['rookery.log.3', 'rookery.log.2', 'rookery.log.1', 'rookery.log']
    const lines = files.flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'))
    const texts = lines.map((line) => JSON.parse(line).text)
    assert.deepEqual(texts.slice(-3), ['ERROR line 24', 'ERROR line 25', '99 bytes of this log were lost here'])
    const { level, host, app, stream, rolloutId } = JSON.parse(lines.at(-2)!)
    assert.deepEqual([level, host, app, stream, rolloutId], ['error', 'web-1', 'hello', 'app.stdout', 'r-1'])
  })

  it('speaks syslog over UDP', async () => {
    const log = await LogFixture.open()
    const receiver = await udpReceiver()
    const exporter = await begin(log, { name: 'udp', syslog: `udp://127.0.0.1:${receiver.port}`, facility: 1 })
    await log.write(`[warn] größer\nplain\n${'ü'.repeat(6_000)}\n`, { rolloutId: 'r"]\\', host: '', app: '' })
    await eventually('three came', () => receiver.messages.length === 3)
    const [first, second, third] = receiver.messages
    assert.deepEqual(
      [first!.priority, first!.host, first!.app, first!.messageId, first!.text],
      [1 * 8 + 4, 'coordinator', 'rookery', 'app.stdout', '[warn] größer'],
    )
    assert.equal(second!.priority, 1 * 8 + 6)
    assert.match(first!.data, /^\[rookery@32473 id="1" rollout="r\\"\\\]\\\\" release="hello-1"\]$/)
    assert.match(third!.text, /^ü{3900,4096}$/)
    await exporter.stop()
    receiver.close()
  })

  it('speaks syslog over TCP and TLS, counts octets, and loses nothing to a receiver that is away', async () => {
    const authority = await SwarmAuthority.create()
    const { key, certificate } = await authority.issue({ name: 'receiver', dns: ['localhost'] })
    const caFile = join(root, 'ca.pem')
    writeFileSync(caFile, authority.certificate)
    for (const scheme of ['tcp', 'tls'] as const) {
      const open = () => new SyslogReceiver(scheme === 'tls' ? { key, cert: certificate } : undefined)
      const log = await LogFixture.open()
      let receiver = open()
      const port = await receiver.listen()
      const heard: string[] = []
      const collect = () => heard.push(...receiver.messages.splice(0).map(({ text }) => text))
      const target = { syslog: `${scheme}://localhost:${port}`, ...(scheme === 'tls' && { caFile }) }
      const exporter = await begin(log, { name: scheme, ...target })
      await log.write('one\ntwo with\ttabs and \x1b[31mcolours\x1b[0m\n')
      await eventually('two came', () => receiver.messages.length === 2)
      collect()
      await receiver.close()
      for (let line = 0; line < 20; line++) await log.write(`while away ${line}\n`)
      await eventually('it was tried', () => exporter.exported.failures > 1)
      receiver = open()
      await receiver.listen(port)
      await eventually('all came', () => receiver.messages.at(-1)?.text === 'while away 19')
      collect()
      const expected = [
        'one',
        'two with\ttabs and \x1b[31mcolours\x1b[0m',
        ...Array.from({ length: 20 }, (_, line) => `while away ${line}`),
      ]
      assert.deepEqual([...new Set(heard)], expected)
      await exporter.stop()
      await receiver.close()
    }
  })

  it('takes no receiver whose certificate is another’s', async () => {
    const [ours, theirs] = [await SwarmAuthority.create('ours'), await SwarmAuthority.create('theirs')]
    const { key, certificate } = await theirs.issue({ name: 'receiver', dns: ['localhost'] })
    const caFile = join(root, 'ours.pem')
    writeFileSync(caFile, ours.certificate)
    const receiver = new SyslogReceiver({ key, cert: certificate })
    const log = await LogFixture.open()
    const exporter = await begin(log, { name: 'strange', syslog: `tls://localhost:${await receiver.listen()}`, caFile })
    await log.write('for nobody else\n')
    await eventually('it was refused', () => exporter.exported.failures > 1)
    assert.deepEqual([receiver.messages, exporter.cursor], [[], 0])
    await exporter.stop()
    await receiver.close()
  })

  it('speaks OTLP as its schema has it, with the headers of a file', async () => {
    const log = await LogFixture.open()
    const receiver = new OtlpReceiver()
    const port = await receiver.listen()
    const headersFile = join(root, 'headers')
    writeFileSync(headersFile, 'Authorization: Bearer secret\n')
    const otlp = `http://127.0.0.1:${port}/v1/logs`
    const exporter = await begin(log, { name: 'otlp', otlp, headersFile, level: 'info' })
    await log.write('{"level":50,"msg":"pino"}\nDEBUG not this\nplain\n')
    await log.write('', { gapBytes: 1_000, gapLimit: 10, host: 'web-2', app: '', rolloutId: '', releaseId: '' })
    await eventually('three came', () => receiver.records.length === 3)
    const byText = (text: RegExp) => receiver.records.find((record) => text.test(record.text))!
    assert.deepEqual(byText(/pino/), {
      text: '{"level":50,"msg":"pino"}',
      severityNumber: 17,
      timeUnixNano: `${log.clock.now()}000000`,
      attributes: {
        'service.name': 'hello',
        'service.version': 'hello-1',
        'host.name': 'web-1',
        'rookery.stream': 'app.stdout',
        'rookery.rollout.id': 'r-1',
        'rookery.entry.id': '1',
      },
    })
    assert.equal(byText(/plain/).severityNumber, undefined)
    assert.equal(byText(/left out/).attributes['rookery.gap.bytes'], '1000')
    assert.equal(receiver.requests[0]?.headers.authorization, 'Bearer secret')
    await exporter.stop()
    await receiver.close()
  })

  it('goes on after a restart with what was not taken, and holds what comes meanwhile', async () => {
    const log = await LogFixture.open()
    const receiver = new OtlpReceiver()
    const options = { name: 'otlp', otlp: `http://127.0.0.1:${await receiver.listen()}/v1/logs` }
    const first = await begin(log, options)
    await log.write('one\nthe begin')
    await eventually('one came', () => receiver.records.length === 1)
    receiver.answer = (response) => response.writeHead(503).end()
    await log.write('ning of two\n')
    await eventually('it failed', () => first.exported.failures > 1)
    await first.stop()
    for (let line = 3; line <= 700; line++) await log.write(`${line}\n`)
    receiver.answer = undefined
    const second = await begin(log, options)
    await eventually('all came', () => receiver.records.at(-1)?.text === '700')
    const expected = ['one', 'the beginning of two', ...Array.from({ length: 698 }, (_, index) => `${index + 3}`)]
    assert.deepEqual(
      receiver.records.map(({ text }) => text),
      expected,
    )
    await eventually('the cursor follows', async () => second.cursor === (await log.store.newestId()))
    await second.stop()
    await receiver.close()
  })

  it('is not held up for ever by what is refused, and counts it', async () => {
    const log = await LogFixture.open()
    const receiver = new OtlpReceiver()
    const exporter = await begin(log, { name: 'otlp', otlp: `http://127.0.0.1:${await receiver.listen()}/v1/logs` })
    receiver.answer = (response) => response.writeHead(400).end('no')
    await log.write('refused\nrefused\n')
    await eventually('it was refused', () => exporter.exported.refusedLines === 2)
    receiver.answer = undefined
    await log.write('taken\n')
    await eventually('it was taken', () => receiver.records.length === 1)
    assert.deepEqual([exporter.exported.lines, exporter.exported.failures], [1, 0])
    await exporter.stop()
    await receiver.close()
  })
})
