/**
 * Writes everything that is generated: the protobuf code, the reference pages, and the annotated sample
 * configurations. With --check it writes nothing and fails when a file differs from what it would write.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TObject } from 'typebox'
import { renderCliReference } from '../cli/reference.ts'
import { RookeryYml } from '../coordinator/app-config/rookery-yml.ts'
import { CoordinatorConfig } from '../coordinator/config.ts'
import { AgentConfig } from '../peer-agent/config.ts'
import { SeederConfig } from '../seeder/config.ts'
import { TrackerConfig } from '../tracker/config.ts'
import { renderErrors, renderFields, renderSample } from './reference-pages.ts'

const root = join(import.meta.dirname, '..')
const configs: Record<string, TObject> = {
  coordinator: CoordinatorConfig,
  tracker: TrackerConfig,
  seeder: SeederConfig,
  agent: AgentConfig,
}

/** Every generated file by its path, with its content. */
function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>(protobufCode())
  files.set('docs/errors.md', renderErrors())
  files.set('docs/cli.md', renderCliReference())
  files.set(
    'docs/rookery-yml.md',
    renderFields('The app’s `rookery.yml`', rookeryYmlIntro, [{ title: 'Fields', schema: RookeryYml }]),
  )
  const services = Object.entries(configs).map(([service, schema]) => ({
    title: `rookery ${service}`,
    schema,
    service,
  }))
  files.set('docs/configuration.md', renderFields('Configuration of the services', configurationIntro, services))
  for (const [service, schema] of Object.entries(configs))
    files.set(`packaging/config/${service}.yml`, renderSample(service, schema))
  return files
}

const rookeryYmlIntro = `It lies in the app's source tree and says how to build, pack, run and roll out the app. \`examples/hello/rookery.yml\` is one to
start from. A fault is reported with line and column; unknown keys are refused.`

const configurationIntro = `Each service takes \`--config FILE\`. A \`ROOKERY_…\` variable overrides the file, and \`--set key.path=value\` overrides both; lists in variables
and flags are separated by commas. Unknown keys are refused with line and column. Annotated samples are in \`packaging/config/\`.`

function protobufCode(): [string, string][] {
  const directory = mkdtempSync(join(tmpdir(), 'rookery-generate-'))
  try {
    const out = join(directory, 'session.js')
    const options = ['force-number', 'no-service', 'no-verify', 'no-delimited', 'no-convert', 'no-create', 'no-typeurl']
    const flags = options.map((option) => `--${option}`)
    const pbjs = join(root, 'node_modules/protobufjs-cli/bin/pbjs')
    execFileSync(
      process.execPath,
      [pbjs, '-t', 'static-module', '-w', 'esm', '--dts', ...flags, '-o', out, 'proto/session.proto'],
      { cwd: root },
    )
    return ['session.js', 'session.d.ts'].map((name) => [
      `proto/generated/${name}`,
      readFileSync(join(directory, name), 'utf8'),
    ])
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const checkOnly = process.argv.includes('--check')
const different: string[] = []
for (const [path, content] of generatedFiles()) {
  const full = join(root, path)
  if (existsSync(full) && readFileSync(full, 'utf8') === content) continue
  different.push(path)
  if (checkOnly) continue
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, content)
}
if (checkOnly && different.length > 0) {
  process.stderr.write(`not up to date, run npm run generate: ${different.join(', ')}\n`)
  process.exitCode = 1
} else if (different.length > 0) process.stdout.write(`wrote ${different.join(', ')}\n`)
