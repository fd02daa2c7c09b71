import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const services = ['tracker', 'seeder', 'peer-agent', 'coordinator']

/** Who may import whom, beside themselves: one way only. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  proto: ['runtime'],
  trust: ['runtime', 'proto'],
  swarm: ['runtime', 'proto'],
  mesh: ['runtime', 'proto'],
  planning: ['runtime', 'proto'],
  ...Object.fromEntries(services.map((service) => [service, ['runtime', 'proto', 'trust', 'swarm', 'mesh']])),
  coordinator: ['runtime', 'proto', 'trust', 'swarm', 'mesh', 'planning'],
  cli: ['runtime', 'proto', 'trust', 'swarm', 'planning'],
  dashboard: [],
  bin: [...services, 'cli'],
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map((match) => match[1]!)
}

it('folders import only those they may know', () => {
  const wrong: string[] = []
  let checked = 0
  for (const folder of Object.keys(allowed)) {
    for (const file of globSync(`${folder}/**/*.{ts,js}`, { cwd: root })) {
      for (const specifier of importsOf(file)) {
        const target = relative(root, join(root, dirname(file), specifier)).split('/')[0]!
        checked++
        if (target !== folder && !allowed[folder]!.includes(target)) wrong.push(`${file} imports ${specifier}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(checked > 100, 'the rule looked at too few imports to mean anything')
})

it('swarm/engine and planning are free of sockets, files, clocks and randomness of their own', () => {
  const forbidden =
    /from 'node:(net|dgram|fs|fs\/promises|timers|http)'|Date\.now|Math\.random|setTimeout|setInterval|performance\.now/
  const wrong = globSync('{swarm/engine,planning}/**/*.ts', { cwd: root }).filter((file) =>
    forbidden.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.deepEqual(wrong, [])
})
