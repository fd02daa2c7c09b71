import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import {
  formatBytes,
  formatDuration,
  formatMoment,
  parseDurationMs,
  shortRevision,
} from '../../../cli/terminal/format.ts'
import { fitted } from '../../../cli/terminal/live-block.ts'
import { Output } from '../../../cli/terminal/output.ts'
import { tableLines } from '../../../cli/terminal/table.ts'
import { batchLines } from '../../../cli/watch/batch-lines.ts'
import { startWatching } from '../../../cli/watch/state.ts'
import { rollout, rolloutHost } from '../../support/coordinator-fixture.ts'

describe('formats', () => {
  it('writes durations in two units at most', () => {
    for (const [ms, text] of [
      [0, '0 ms'],
      [999, '999 ms'],
      [1_250, '1.3 s'],
      [59_400, '59.4 s'],
      [59_960, '1 min'],
      [125_000, '2 min 5 s'],
      [3_599_700, '1 h'],
      [12_000_000, '3 h 20 min'],
      [180_000_000, '2 d 2 h'],
    ] as const) {
      assert.equal(formatDuration(ms), text)
    }
  })

  it('writes bytes, moments and revisions', () => {
    assert.equal(formatBytes(1023), '1023 B')
    assert.equal(formatBytes(1536), '1.5 KiB')
    assert.equal(formatBytes(300 * 1024 ** 2), '300 MiB')
    const now = new Date(2026, 0, 2, 14, 5, 11).getTime()
    assert.equal(formatMoment(now - 180_000, now), '3 min ago (14:02:11)')
    assert.equal(formatMoment(now - 86_400_000, now), '24 h ago (2026-01-01 14:05:11)')
    assert.equal(shortRevision('main'), 'main')
    assert.equal(shortRevision(`sha256:${'a'.repeat(64)}`), `sha256:${'a'.repeat(10)}`)
  })

  it('reads durations', () => {
    assert.equal(parseDurationMs('90s'), 90_000)
    assert.equal(parseDurationMs('1.5h'), 5_400_000)
    assert.equal(parseDurationMs('10'), undefined)
    assert.equal(parseDurationMs('-1s'), undefined)
  })
})

describe('lines of a terminal', () => {
  it('are not steered by what a host says of itself, but styled', () => {
    const hostile = 'v1\x1b]52;c;cm0gLXJmIC8=\x07\x1b[2J\x1b[1;1H\rroot\x9b31m\x08'
    const written = (isTTY: boolean) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const streams = { stdout: Object.assign(stdout, { isTTY }), stderr: Object.assign(stderr, { isTTY }) }
      const output = new Output({ json: false }, streams)
      output.list([hostile], [{ heading: 'AGENT', value: (row) => `\x1b[32m${row}\x1b[39m` }], '')
      output.note(hostile)
      return [stdout.read().toString(), stderr.read().toString()] as const
    }
    const [line, note] = written(true)
    assert.ok(line.endsWith('\x1b[32mv1]52;c;cm0gLXJmIC8=[2J[1;1Hroot31m\x1b[39m\n'))
    assert.equal(note, 'v1]52;c;cm0gLXJmIC8=[2J[1;1Hroot31m\n')
    assert.ok(written(false)[0].includes(hostile), 'a file gets what there is')
  })

  it('aligns columns, also when cells are styled', () => {
    const rows = [
      ['\x1b[32mready\x1b[39m', '7'],
      ['no', '12'],
    ]
    const lines = tableLines(rows, [
      { heading: 'STATE', value: (row) => row[0]! },
      { heading: 'N', value: (row) => row[1]!, align: 'right' },
    ])
    assert.deepEqual(lines, ['STATE   N', '\x1b[32mready\x1b[39m   7', 'no     12'])
  })

  it('cuts a line to the width and keeps its styles', () => {
    assert.deepEqual(fitted([{ text: 'abc', style: 'red' }, { text: 'def' }], 5), [
      { text: 'abc', style: 'red' },
      { text: 'd', style: undefined },
      { text: '…' },
    ])
  })

  it('shows a large fleet by the batches that move, in so many lines as there are', () => {
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`)
    const hosts = names.map((name, index) =>
      rolloutHost(name, 'web', {
        batch: index + 1,
        state: index < 50 ? 'ready' : index === 50 ? 'activating' : 'fetched',
      }),
    )
    const state = startWatching(rollout({ phase: 'activating', hosts, batches: names.map((name) => [name]) }))
    const lines = batchLines(state, 10).map((line) => line.map((segment) => segment.text).join(''))
    assert.equal(lines.length, 10)
    assert.equal(lines[0], '  … 48 more above')
    assert.match(lines[3] ?? '', /batch {2}51\/100 {2}running {2}web-50 restarting/)
    assert.equal(lines[9], '  … 44 more below')
  })

  it('counts the hosts of a large batch, and names those that are busy', () => {
    const names = Array.from({ length: 20 }, (_, index) => `web-${index}`)
    const hosts = names.map((name, index) => rolloutHost(name, 'web', { state: index === 3 ? 'activating' : 'ready' }))
    const [line] = batchLines(startWatching(rollout({ phase: 'activating', hosts, batches: [names] })), 10)
    assert.equal(
      line?.map((segment) => segment.text).join(''),
      '  batch 1/1  running  19 ready ✓  1 restarting  web-3 restarting',
    )
  })
})
