import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The software bill of materials of what is installed with Rookery, as CycloneDX JSON on standard output, from package-lock.json
 * alone. npm takes an override inside a bundled package for an error, so it is shown the same tree without bundles.
 */
const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'rookery-sbom-'))
// npm calls what it lists by the name of its directory.
const directory = join(scratch, 'rookery')
try {
  mkdirSync(directory)
  const { bundleDependencies: _, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest))
  cpSync(join(root, 'package-lock.json'), join(directory, 'package-lock.json'))
  cpSync(join(root, 'packaging/webrtc-polyfill'), join(directory, 'packaging/webrtc-polyfill'), { recursive: true })
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev', '--loglevel', 'error']
  process.stdout.write(execFileSync('npm', args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 }))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
