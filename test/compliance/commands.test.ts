import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { engineNames } from '../../swarm/index.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import { RookeryProcess, rookery } from '../support/process.ts'
import { scratchDirectory, writeTree } from '../support/swarm-fixture.ts'
import { recordingTracker } from './stranger.ts'

const scratch = scratchDirectory('compliance-commands')
const running: RookeryProcess[] = []
after(async () => {
  await Promise.all(running.map((process) => process.kill()))
  scratch.remove()
})

function start(...args: string[]): RookeryProcess {
  const process = new RookeryProcess(args)
  running.push(process)
  return process
}

/** Each engine seeds for the next one, so that both do both. */
describe('the engine is chosen', () => {
  for (const [number, engine] of engineNames.entries()) {
    const other = engineNames[(number + 1) % engineNames.length]!

    it(`by --engine: ${engine} seeds, ${other} fetches`, async (test) => {
      const tracker = await recordingTracker()
      test.after(() => tracker.close())
      const path = join(scratch.path, engine, 'f')
      writeTree(join(scratch.path, engine), { f: 500_000 }, number)
      const on = ['--host', '127.0.0.1', '--json']
      const seed = start('seed', path, '--tracker', tracker.url, '--engine', engine, ...on)
      await eventually('it seeds', () => seed.stdout.includes('"seeding"'))
      const out = join(scratch.path, `${engine}-out`)
      const fetched = await rookery(['fetch', `${path}.torrent`, '-o', out, '--engine', other, ...on])
      assert.equal(fetched.code, 0, fetched.stderr)
      assert.match(fetched.stdout, /"event":"done".*"bytesDown":500000/)
      assert.deepEqual(readFileSync(join(out, 'f')), readFileSync(path))
      await seed.kill('SIGTERM')
      assert.equal(seed.child.exitCode, 0, seed.stderr)
      assert.match(seed.stdout, /"event":"stopped","bytesUp":500000/)
    })

    it(`by a service’s configuration: ${engine}`, async () => {
      const directory = join(scratch.path, `services-${engine}`)
      mkdirSync(directory)
      const swarm = { port: 0, engine, webtorrent: { peerExchange: true } }
      const services = {
        seeder: { listen: { port: (await freePorts(1))[0] }, dataDirectory: join(directory, 'seeder'), swarm },
        agent: {
          ...{ host: 'web-1', pools: ['web'], coordinator: { url: 'http://127.0.0.1:9' } },
          ...{ listen: { port: 0 }, dataDirectory: join(directory, 'agent'), swarm },
        },
      }
      for (const [service, config] of Object.entries(services)) {
        const file = join(directory, `${service}.yml`)
        // JSON is YAML.
        writeFileSync(file, JSON.stringify(config))
        const process = start(service, '--config', file)
        await eventually(`the ${service} listens`, () => {
          if (!process.running) throw new Error(process.stderr)
          return process.stdout.includes('swarm listening')
        })
        assert.equal(process.stdout.includes('"engine":"webtorrent"'), engine === 'webtorrent')
        await process.kill('SIGTERM')
        assert.equal(process.child.exitCode, 0, process.stderr)
      }
    })
  }

  it('and not by a name that is none', async () => {
    const { code, stderr } = await rookery(['seed', scratch.path, '--engine', 'transmission'])
    assert.equal(code, 2)
    assert.match(stderr, /rookery, webtorrent/)
  })
})
