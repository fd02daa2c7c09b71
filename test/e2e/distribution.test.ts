import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { LimitsRule, SwarmLimits } from '../../proto/http/api.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { rookery } from '../support/process.ts'
import { sampleApp } from '../support/sample-app.ts'

describe('what agents may take of the network, on real processes', () => {
  const flock = new Flock({
    pools: { web: ['web-1', 'web-2'], api: ['api-1'] },
    agent: { 'swarm.seedForMs': 0 },
    agents: { 'web-1': { 'labels.zone': 'fra' }, 'web-2': { 'labels.zone': 'ams' }, 'api-1': { 'labels.zone': 'ams' } },
  })
  before(() => flock.start())
  after(() => flock.stop())

  const limits = (...args: string[]) => rookery(['distribution', 'limits', ...args, '--coordinator', flock.url])
  const note = <T>(host: string, name: string) =>
    JSON.parse(readFileSync(join(flock.hostData(host), name), 'utf8')) as T
  const has = (host: string, expected: SwarmLimits) =>
    eventually(`${host} keeps to ${JSON.stringify(expected)}`, () => {
      const { zoneMbitPerSecond, ...ordered } = note<SwarmLimits>(host, 'limits.json')
      assert.deepEqual({ ...ordered, ...(zoneMbitPerSecond ? { zoneMbitPerSecond } : {}) }, expected)
      return true
    })

  it('caps all agents, and some of them otherwise', async () => {
    assert.match((await limits('show')).stderr, /no caps are set/)
    assert.equal((await limits('set', '--upload-mbit', '800')).code, 0)
    const shown = await limits('set', '--zone', 'ams', '--download-mbit', '400', '--to-zone', 'fra=50')
    assert.match(shown.stdout, /all +800 Mbit\/s/)
    assert.match(shown.stdout, /zone ams +- +400 Mbit\/s +fra 50 Mbit\/s/)
    await has('web-1', { uploadMbitPerSecond: 800 })
    for (const host of ['web-2', 'api-1'])
      await has(host, { uploadMbitPerSecond: 800, downloadMbitPerSecond: 400, zoneMbitPerSecond: { fra: 50 } })
  })

  it('tells an agent that comes later, also by a coordinator that was restarted', async () => {
    await flock.process('agent-web-1').kill('SIGTERM')
    await flock.process('coordinator').kill('SIGTERM')
    await flock.startService('coordinator')
    await limits('set', '--pool', 'web', '--upload-mbit', '600')
    await flock.startService('agent-web-1')
    await has('web-1', { uploadMbitPerSecond: 600 })
    await has('api-1', { uploadMbitPerSecond: 800, downloadMbitPerSecond: 400, zoneMbitPerSecond: { fra: 50 } })
  })

  it('takes caps back', async () => {
    assert.equal((await limits('clear', '--zone', 'nowhere')).code, 2)
    for (const selection of [['--pool', 'web'], ['--zone', 'ams'], []])
      assert.equal((await limits('clear', ...selection)).code, 0)
    for (const host of flock.hosts) await has(host, {})
    assert.deepEqual(await flock.api<LimitsRule[]>('GET', '/distribution/limits'), [])
  })

  it('refuses what is no cap', async () => {
    for (const args of [['set'], ['set', '--upload-mbit', '0'], ['set', '--to-zone', 'fra'], ['set', '--zone', '*']])
      assert.equal((await limits(...args, ...(args[1] === '--zone' ? ['--upload-mbit', '1'] : []))).code, 2)
  })

  it('agents leave the swarm once their zone has a release, and hold it all the same', async () => {
    const repository = join(flock.directory, 'repository')
    makeRepository(repository, [sampleApp({ version: 'v1' })])
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
    assert.equal((await flock.ended(await flock.deploy({ app: 'sample' }))).phase, 'done')
    for (const host of flock.hosts)
      await eventually(`${host} has left the swarm`, () => {
        const terms = Object.values(note<Record<string, { isOver: boolean }>>(host, 'seeding.json'))
        return terms.length === 1 && terms[0]!.isOver
      })
    const again = await flock.ended(await flock.deploy({ app: 'sample' }))
    assert.equal(again.phase, 'done')
  })
})
