#!/usr/bin/env node
// The launcher is plain JavaScript that runs on any Node since 20: Rookery itself needs Node 24,
// which the npm package `node` brings along where the machine's own is older.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const neededMajor = 24
const root = join(dirname(fileURLToPath(import.meta.url)), '..')

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  // A source tree runs as it is; the npm package holds the compiled JavaScript instead.
  const entry = existsSync(join(root, 'cli/main.ts')) ? 'bin/dispatch.ts' : 'dist/bin/dispatch.js'
  const { dispatch } = await import(new URL(entry, new URL('../', import.meta.url)).href)
  process.exitCode = await dispatch(process.argv.slice(2))
} else {
  relaunch(join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node'))
}

/** @param {string} node path of a Node that is new enough */
function relaunch(node) {
  if (!existsSync(node)) {
    process.stderr.write(
      `rookery: needs Node ${neededMajor} or newer, this is ${process.version}, and ${node} is missing\n`,
    )
    process.exitCode = 2
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // The terminal sends Ctrl-C to both processes; a supervisor sends SIGTERM to this one alone.
  for (const signal of ['SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)))
  process.on('SIGINT', () => {})
  child.on('error', (error) => {
    process.stderr.write(`rookery: cannot start ${node}: ${error.message}\n`)
    process.exitCode = 2
  })
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code ?? 1
  })
}
