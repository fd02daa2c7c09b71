import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TObject } from 'typebox'
import { CoordinatorConfig } from '../../../coordinator/config.ts'
import { AgentConfig } from '../../../peer-agent/config.ts'
import { configFields, loadConfig } from '../../../runtime/config.ts'
import { SeederConfig } from '../../../seeder/config.ts'
import { TrackerConfig } from '../../../tracker/config.ts'

const configs: Record<string, TObject> = {
  coordinator: CoordinatorConfig,
  tracker: TrackerConfig,
  seeder: SeederConfig,
  agent: AgentConfig,
}

describe('sample configurations', () => {
  for (const [service, schema] of Object.entries(configs)) {
    const file = join(import.meta.dirname, '../../../packaging/config', `${service}.yml`)

    it(`of the ${service} loads as it is`, async () => {
      await loadConfig(service, schema, { file, environment: {}, overrides: [] })
    })

    it(`of the ${service} loads with every field set to the value it shows`, async () => {
      const text = readFileSync(file, 'utf8').replace(/^( *)# (?=[a-zA-Z]+:( |$))/gm, '$1')
      const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs')
      const directory = mkdtempSync(join((await import('node:os')).tmpdir(), 'rookery-sample-'))
      writeFileSync(join(directory, 'all.yml'), text)
      await loadConfig(service, schema, { file: join(directory, 'all.yml'), environment: {}, overrides: [] })
      rmSync(directory, { recursive: true })
    })

    it(`every field of the ${service} has a meaning`, () => {
      for (const { path, schema: field } of configFields(schema))
        assert.ok(field.description, `${service}: ${path.join('.')}`)
    })
  }
})
