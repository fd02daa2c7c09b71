import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseRookeryYml } from '../../coordinator/app-config/rookery-yml.ts'
import { CoordinatorConfig } from '../../coordinator/config.ts'
import { AgentConfig } from '../../peer-agent/config.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { checkYaml, parseYaml } from '../../runtime/yaml-document.ts'

const seed = Number(process.env.FUZZ_SEED ?? 20_260_131)
const inputs = 10_000
const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const settled = (text: string) => text.replace(/^( *)# (?=[\w]+:)/gm, '$1')

/** What YAML has beyond what anybody needs, and what breaks parsers of it. */
const oddPieces = [
  '&a',
  '*a',
  '!!js/function x',
  '<<: *a',
  '? ',
  '- - - -',
  '"',
  "'",
  '|',
  '>',
  '{',
  '[',
  '%YAML 9',
  '---',
  '\t',
  '\u0000',
  '\ufeff',
  ': :',
  '__proto__: 1',
  '0x',
  '1e999',
  '~',
  'null',
  '2026-01-01',
  'a: &a [*a, *a]',
  '!!binary x',
]

function mutated(samples: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(20_000),
    kind: fc.constantFrom('insert', 'cut', 'double', 'text'),
    piece: fc.constantFrom(...oddPieces),
    text: fc.string({ unit: 'binary', maxLength: 10 }),
  })
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([sample, changes]) => {
      let text = sample
      for (const { at, kind, piece, text: inserted } of changes) {
        const place = text.length === 0 ? 0 : at % text.length
        const [head, tail] = [text.slice(0, place), text.slice(place)]
        if (kind === 'cut') text = head + tail.slice(at % 40)
        else if (kind === 'double') text = head + tail.split('\n')[0] + tail
        else text = head + (kind === 'insert' ? piece : inserted) + tail
      }
      return text
    })
}

/** Either it is read, or it is refused with an error of ours that says where. */
function isReadOrRefused(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof RookeryError, String((error as Error).stack))
    assert.ok(error.message.length < 20_000)
  }
}

describe(`malformed YAML (seed ${seed})`, () => {
  it('of an app is read or refused, never worse', () => {
    const samples = [read('examples/hello/rookery.yml'), 'app: a\ndeploy:\n  path: /srv/a\n']
    fc.assert(
      fc.property(mutated(samples), (text) => isReadOrRefused(() => parseRookeryYml(text, 'rookery.yml', 'hello'))),
      { seed, numRuns: inputs },
    )
  })

  it('of a service’s configuration is read or refused, never worse', () => {
    for (const [name, schema] of [
      ['coordinator', CoordinatorConfig],
      ['agent', AgentConfig],
    ] as const) {
      const sample = settled(read(`packaging/config/${name}.yml`))
      fc.assert(
        fc.property(mutated([sample, sample.split('\n').slice(0, 30).join('\n')]), (text) =>
          isReadOrRefused(() => checkYaml(parseYaml(text, `${name}.yml`, 'CONFIG_INVALID'), schema, 'CONFIG_INVALID')),
        ),
        { seed, numRuns: inputs / 10 },
      )
    }
  })

  it('does not blow up: aliases of aliases, deep nesting, endless lines', () => {
    const laughs = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)]
    for (const text of [
      laughs.join('\n'),
      '['.repeat(20_000),
      `a: ${'x'.repeat(5_000_000)}`,
      '- '.repeat(5_000),
      `${'a:\n '.repeat(3_000)}`,
    ]) {
      const startedMs = performance.now()
      isReadOrRefused(() => parseRookeryYml(text, 'rookery.yml', 'hello'))
      assert.ok(performance.now() - startedMs < 5_000, text.slice(0, 40))
    }
  })
})
