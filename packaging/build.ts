/** `npm run build`: compiles the TypeScript into dist/, which is what the npm package runs. */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
// What is JavaScript already the compiler passes over.
for (const path of ['proto/generated', 'swarm/storage/hash-worker.js'])
  cpSync(join(root, path), join(dist, path), { recursive: true })
