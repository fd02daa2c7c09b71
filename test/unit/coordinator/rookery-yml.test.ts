import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseRookeryYml } from '../../../coordinator/app-config/rookery-yml.ts'
import { RookeryError } from '../../../runtime/errors.ts'

function fault(text: string): RookeryError {
  try {
    parseRookeryYml(text, 'rookery.yml', 'hello')
  } catch (error) {
    assert.ok(error instanceof RookeryError)
    assert.equal(error.code, 'APP_CONFIG_INVALID')
    return error
  }
  assert.fail('accepted')
}

describe('rookery.yml', () => {
  it('is filled with defaults', () => {
    const config = parseRookeryYml('app: hello\ndeploy: { path: /srv/hello }\n', 'rookery.yml', 'hello')
    assert.equal(config.pack.compression, 'zstd')
    assert.equal(config.deploy.keep, 5)
    assert.equal(config.deploy.readiness.successes, 2)
    assert.equal(config.rollout.maxUnavailable, 1)
    assert.deepEqual(config.build.steps, [])
  })

  it('of the example app is valid', () => {
    const config = parseRookeryYml(readFileSync('examples/hello/rookery.yml', 'utf8'), 'rookery.yml', 'hello')
    assert.ok(config.deploy.readiness.probes.length > 0)
  })

  it('names an unknown key with line and column', () => {
    const error = fault('app: hello\ndeploy:\n  path: /srv/hello\n  keeep: 3\n')
    assert.match(error.message, /rookery\.yml:4:3: deploy\.keeep: unknown key/)
    assert.deepEqual([error.issues[0]!.line, error.issues[0]!.column], [4, 3])
  })

  it('names a wrong value with line and column', () => {
    assert.match(
      fault('app: hello\ndeploy:\n  path: /srv/hello\n  keep: many\n').message,
      /rookery\.yml:4:9: deploy\.keep: must be integer/,
    )
  })

  it('names what is missing', () => {
    assert.match(fault('app: hello\n').message, /deploy: is required/)
  })

  it('names broken YAML with line and column', () => {
    assert.match(fault('app: hello\ndeploy: [unclosed\n').message, /rookery\.yml:\d+:\d+: /)
  })

  it('refuses what a schema cannot see', () => {
    assert.match(fault('app: other\ndeploy: { path: /srv/x }\n').message, /registered as hello/)
    assert.match(
      fault('app: hello\npack: { directory: ../.. }\ndeploy: { path: /srv/x }\n').message,
      /pack\.directory: must stay inside/,
    )
    assert.match(
      fault('app: hello\ndeploy: { path: /srv/x, run: { command: a }, hooks: { restart: { command: b } } }\n').message,
      /excludes deploy\.run/,
    )
  })

  it('names each fault of an immune rule with line and column', () => {
    const rules = (...lines: string[]) =>
      fault(
        `app: hello\ndeploy: { path: /srv/x }\nimmune:\n  rules:\n${lines.map((line) => `    - ${line}\n`).join('')}`,
      )
    const { message } = rules(
      '{ counter: a, compare: limit }',
      '{ counter: a, compare: waiting, above: 5 }',
      '{ counter: a, above: 5, tolerance: 10% }',
      '{ counter: a, minimumCount: 5 }',
    )
    assert.match(message, /rookery\.yml:5:30: immune\.rules\.0\.compare: limit needs above or below/)
    assert.match(message, /rookery\.yml:6:\d+: immune\.rules\.1\.above: is for compare: limit, not for waiting/)
    assert.match(message, /rookery\.yml:7:\d+: immune\.rules\.2\.tolerance: says nothing beside a limit/)
    assert.match(message, /rookery\.yml:8:\d+: immune\.rules\.3\.minimumCount: is for limits/)
    assert.match(rules('{ counter: a, tolerance: 0.1 }').message, /5:\d+: immune\.rules\.0\.tolerance: must be string/)
    assert.match(rules('{ counter: a, compare: yesterday }').message, /must be one of waiting, before, lastWeek, limit/)
    const thresholds = 'app: hello\ndeploy: { path: /srv/x }\nimmune: { pass: 50 }\n'
    assert.match(fault(thresholds).message, /immune\.marginal: must not be above pass, which is 50/)
  })
})
