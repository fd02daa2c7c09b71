#!/usr/bin/env node
// The launcher is plain JavaScript that runs on any Node since 20: Rookery itself needs Node 24,
// which the npm package `node` brings along where the machine's own is older.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const neededMajor = 24
const launcher = fileURLToPath(import.meta.url)
const root = join(dirname(launcher), '..')

// An agent shares its host with the app it serves, so it must stay small. Most of what a Node process holds beyond its
// needs is a young generation of up to 96 MB, a malloc arena for each thread, and freed buffers that malloc keeps.
// Coordinator and agent also trade a little speed (a sixth of a loopback transfer) for size.
const isLongLived = ['coordinator', 'agent'].includes(process.argv[2] ?? '')
const flags = ['--max-semi-space-size=4', ...(isLongLived ? ['--optimize-for-size'] : [])]
const environment = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '131072',
  ...process.env,
}

if (Number(process.versions.node.split('.')[0]) < neededMajor) {
  relaunch(join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node'))
} else if (process.execArgv.includes(flags[0]) || typeof process.execve !== 'function') {
  // Compiled code is kept between runs: a process starts sooner and with less memory.
  module.enableCompileCache()
  // A source tree runs as it is; the npm package holds the compiled JavaScript instead.
  const entry = existsSync(join(root, 'cli/main.ts')) ? 'bin/dispatch.ts' : 'dist/bin/dispatch.js'
  const { dispatch } = await import(new URL(entry, new URL('../', import.meta.url)).href)
  process.exitCode = await dispatch(process.argv.slice(2))
} else {
  // The same process with the flags: signals, standard streams and the pid stay as they are.
  process.removeAllListeners('warning')
  process.execve(
    process.execPath,
    [process.execPath, ...process.execArgv, ...flags, launcher, ...process.argv.slice(2)],
    environment,
  )
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
  const child = spawn(node, [...flags, launcher, ...process.argv.slice(2)], { stdio: 'inherit', env: environment })
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
