import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isAtLeast, type LineLevel, levelOf } from '../../../runtime/log-level.ts'

const lines: readonly (readonly [line: string, level: LineLevel | undefined])[] = [
  ['{"level":30,"time":1,"msg":"pino"}', 'info'],
  ['{"level":60,"msg":"pino"}', 'fatal'],
  ['{"level":35,"msg":"a level of their own"}', 'info'],
  ['{"level":"warn","message":"winston"}', 'warn'],
  ['{"severity":"CRITICAL","message":"Google Cloud"}', 'fatal'],
  ['{"levelname":"WARNING"}', 'warn'],
  ['{"log.level":"error"}', 'error'],
  ['{"log":{"level":"debug"}}', 'debug'],
  ['{"@l":"Error","@m":"serilog"}', 'error'],
  ['{"version":"1.1","level":3,"short_message":"GELF"}', 'error'],
  ['{"msg":"the level is \\"error\\""}', undefined],
  ['{"level":"error" and not JSON', undefined],
  ['{"level":{"name":"error"}}', undefined],
  ['ERROR could not connect', 'error'],
  ['Error: could not connect', 'error'],
  ['[warn] slow', 'warn'],
  ['2026-01-31T10:00:00.123Z INFO started', 'info'],
  ['2026-01-31 10:00:00,123 [main] DEBUG com.example.App - hello', 'debug'],
  ['[2026-01-31 10:00:00] [web-1] [error] no', 'error'],
  ['10:00:00 | WARNING | slow', 'warn'],
  ['\x1b[31merror\x1b[0m: red', 'error'],
  ['time=2026-01-31 level=warn msg="logfmt"', 'warn'],
  ['<3>sd-daemon', 'error'],
  ['W0131 10:00:00.000000 1 klog.go:1] slow', 'warn'],
  ['information about doors', undefined],
  ['no error here', undefined],
  ['ERRORS 12', undefined],
  ['    at Object.<anonymous> (/srv/app/server.js:1:1)', undefined],
  ['', undefined],
  [`${'1'.repeat(70_000)} ERROR`, undefined],
]

describe('the level of a line', () => {
  for (const [line, level] of lines)
    it(`is ${level ?? 'not told'} in ${JSON.stringify(line.slice(0, 60))}`, () => assert.equal(levelOf(line), level))

  it('rises from trace to fatal', () => {
    assert.ok(isAtLeast('error', 'warn'))
    assert.ok(isAtLeast('warn', 'warn'))
    assert.ok(!isAtLeast('info', 'warn'))
  })
})
