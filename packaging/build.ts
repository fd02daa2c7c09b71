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
// The generated protobuf code is JavaScript already; the compiler passes over it.
cpSync(join(root, 'proto/generated'), join(dist, 'proto/generated'), { recursive: true })
