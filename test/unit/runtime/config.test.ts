import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Type } from 'typebox'
import { configFields, environmentName, loadConfig } from '../../../runtime/config.ts'

const strict = { additionalProperties: false } as const
const Schema = Type.Object(
  {
    listen: Type.Object(
      { port: Type.Integer({ default: 7070, minimum: 0, maximum: 65535 }) },
      { ...strict, default: {} },
    ),
    pools: Type.Array(Type.String(), { default: ['web'] }),
    dataDirectory: Type.String(),
    keepForMs: Type.Integer({ default: 5 }),
  },
  strict,
)

const directory = mkdtempSync(join(tmpdir(), 'rookery-config-'))
after(() => rmSync(directory, { recursive: true }))

function load(text: string, environment: Record<string, string> = {}, overrides: string[] = []) {
  const file = join(directory, 'test.yml')
  writeFileSync(file, text)
  return loadConfig('agent', Schema, { file, environment, overrides })
}

describe('config loader', () => {
  it('fills in defaults', async () => {
    assert.deepEqual(await load('dataDirectory: /d\n'), {
      dataDirectory: '/d',
      listen: { port: 7070 },
      pools: ['web'],
      keepForMs: 5,
    })
  })

  it('takes variables over the file and flags over variables', async () => {
    const environment = { ROOKERY_AGENT_LISTEN_PORT: '1', ROOKERY_AGENT_POOLS: 'a,b', ROOKERY_AGENT_KEEP_FOR_MS: '7' }
    const config = await load('dataDirectory: /d\nlisten: { port: 9 }\n', environment, ['listen.port=2'])
    assert.deepEqual(config, { dataDirectory: '/d', listen: { port: 2 }, pools: ['a', 'b'], keepForMs: 7 })
  })

  it('refuses unknown keys, with line and column', async () => {
    await assert.rejects(load('dataDirectory: /d\nlisten:\n  prt: 1\n'), {
      code: 'CONFIG_INVALID',
      message: /test\.yml:3:3: listen\.prt: unknown key/,
    })
  })

  it('refuses wrong types, with line and column', async () => {
    await assert.rejects(load('dataDirectory: /d\nlisten: { port: "9" }\n'), {
      message: /test\.yml:2:17: listen\.port: must be integer/,
    })
  })

  it('names the variable or flag a wrong value came from', async () => {
    await assert.rejects(load('dataDirectory: /d\n', { ROOKERY_AGENT_LISTEN_PORT: 'x' }), {
      message: /listen\.port.*set by ROOKERY_AGENT_LISTEN_PORT/,
    })
    await assert.rejects(load('dataDirectory: /d\n', {}, ['listen.prt=1']), {
      message: /listen\.prt.*set by --set listen\.prt/,
    })
    await assert.rejects(load('dataDirectory: /d\n', {}, ['nonsense']), { code: 'USAGE' })
  })

  it('refuses broken YAML, repeated keys and what is no mapping', async () => {
    await assert.rejects(load('a: [\n'), { code: 'CONFIG_INVALID', message: /test\.yml:\d+:\d+/ })
    await assert.rejects(load('dataDirectory: /a\ndataDirectory: /b\n'), {
      code: 'CONFIG_INVALID',
      message: /test\.yml:2:1/,
    })
    await assert.rejects(load('- 1\n'), { code: 'CONFIG_INVALID', message: /must be object/ })
  })

  it('says which file is missing', async () => {
    const missing = loadConfig('agent', Schema, { file: join(directory, 'none.yml'), environment: {}, overrides: [] })
    await assert.rejects(missing, { code: 'FILE_UNREADABLE', message: /none\.yml/ })
  })

  it('lists every field for the docs', () => {
    assert.deepEqual(
      configFields(Schema).map((field) => field.path.join('.')),
      ['listen.port', 'pools', 'dataDirectory', 'keepForMs'],
    )
    assert.equal(environmentName('peer-agent', ['keepForMs']), 'ROOKERY_PEER_AGENT_KEEP_FOR_MS')
  })
})
