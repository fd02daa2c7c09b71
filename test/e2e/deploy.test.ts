import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ApiEvent, Host, PhaseResult, Release } from '../../proto/http/api.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { rookery } from '../support/process.ts'
import { sampleApp } from '../support/sample-app.ts'

const hang = { command: 'echo before hanging; sleep 600', deadlineMs: 300 }

describe('a deploy, end to end, on real processes', () => {
  const flock = new Flock({ pools: { web: ['web-1', 'web-2'], api: ['api-1'] } })
  let commits: string[] = []
  const [v1, v2, neverReady, hangs, broken, badYaml] = [0, 1, 2, 3, 4, 5]

  before(async () => {
    await flock.start()
    const repository = join(flock.directory, 'repository')
    commits = makeRepository(repository, [
      sampleApp({
        version: 'v1',
        build: {
          steps: [{ name: 'stamp', run: 'echo building $ROOKERY_REVISION; echo $ROOKERY_REVISION > REVISION' }],
        },
      }),
      sampleApp({
        version: 'v2',
        deploy: { hooks: { preActivate: { command: 'echo hook of $ROOKERY_HOST after $ROOKERY_PREVIOUS_RELEASE' } } },
      }),
      sampleApp({
        version: 'v3',
        neverReady: true,
        deploy: {
          readiness: { probes: [{ http: `http://127.0.0.1:\${PORT}/readyz` }], intervalMs: 50, healthyDeadlineMs: 700 },
        },
      }),
      sampleApp({ version: 'v4', deploy: { hooks: { preActivate: hang } } }),
      sampleApp({ version: 'v5', build: { steps: [{ name: 'compile', run: 'echo no compiler >&2; exit 9' }] } }),
      { ...sampleApp({ version: 'v6' }), 'rookery.yml': 'app: sample\ndeploy:\n  path: /srv/sample\n  kep: 1\n' },
    ])
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
  })
  after(() => flock.stop())

  const answers = () => Promise.all(flock.hosts.map(async (host) => (await fetch(flock.appUrl(host, '/'))).text()))
  const cli = (...args: string[]) => rookery([...args, '--coordinator', flock.url])

  it('builds a revision and brings it to every host, ready', async () => {
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[v1] }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    assert.deepEqual(await answers(), ['v1', 'v1', 'v1'])
    assert.deepEqual(rollout.batches, [['api-1'], ['web-1'], ['web-2']])
    for (const host of flock.hosts) {
      const path = join(flock.hostRoot(host), 'srv/sample')
      assert.equal(readlinkSync(join(path, 'current')), `releases/${rollout.releaseId}`)
      assert.equal(readFileSync(join(path, 'current/REVISION'), 'utf8').trim(), commits[v1])
      assert.ok(statSync(join(path, 'shared')).isDirectory())
    }
  })

  it('tells how good the distribution was', async () => {
    const [{ id }] = (await flock.api<[{ id: string }]>('GET', '/rollouts?app=sample'))!
    const { efficiency, hosts } = await flock.rollout(id)
    assert.ok(efficiency)
    assert.equal(efficiency.hosts, 3)
    assert.ok(efficiency.makespanMs > 0 && efficiency.ratio > 0, JSON.stringify(efficiency))
    assert.equal(efficiency.capacity.source, 'measured')
    const { fromPeers, fromSeeder, fromWebSeed, reused, wasted } = efficiency.bytes
    assert.equal(fromPeers + fromSeeder + fromWebSeed + reused - wasted, efficiency.artifactBytes * hosts.length)
    assert.match((await cli('rollout', 'show', id)).stdout, / {2}distribution: 3 hosts in .* × the least possible/)
  })

  it('streamed the build’s output, the hooks’ and the app’s, each line with its rollout', async () => {
    const [rollout] = await flock.api<{ id: string }[]>('GET', '/rollouts?app=sample')
    const build = await flock.log({ rollout: rollout!.id, stream: 'build' })
    assert.match(build.map((entry) => entry.text).join(''), new RegExp(`building ${commits[v1]}`))
    await eventually('the app’s output', async () => {
      const entries = await flock.log({ rollout: rollout!.id, stream: 'app.stdout' })
      return entries.some((entry) => entry.text.includes('serving v1 on web-2'))
    })
  })

  it('replaces it by the next revision, batch by batch, and keeps the old one on disk', async () => {
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[v2] }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    assert.deepEqual(await answers(), ['v2', 'v2', 'v2'])
    const hook = await eventually('the hook’s output', async () => {
      const entries = await flock.log({ rollout: rollout.id, stream: 'hook.preActivate' })
      return entries.length >= 3 && entries.map((entry) => entry.text).join('')
    })
    assert.match(hook, new RegExp(`hook of web-1 after ${rollout.previousReleaseId}`))
    const phases = await flock.api<PhaseResult[]>('GET', `/rollouts/${rollout.id}/phases?host=web-1`)
    assert.equal(phases.find(({ phase }) => phase === 'preActivate')?.exitCode, 0)
    assert.match((await cli('rollout', 'show', rollout.id, '--host', 'web-1')).stdout, /activate +preActivate .* 0 +ok/)
    assert.equal(readdirSync(join(flock.hostRoot('web-1'), 'srv/sample/releases')).length, 2)
  })

  it('builds a revision once: a second deploy of it moves nobody', async () => {
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[v2]!.slice(0, 10) }))
    assert.equal(rollout.phase, 'done')
    assert.deepEqual(
      rollout.hosts.map((host) => host.state),
      ['unchanged', 'unchanged', 'unchanged'],
    )
  })

  it('rolls back to what was live before', async () => {
    const [, done] = await flock.api<{ id: string }[]>('GET', '/rollouts?app=sample')
    const back = await flock.api<{ id: string }>('POST', `/rollouts/${done!.id}/rollback`, {})
    const rollout = await flock.ended(back.id)
    assert.equal(rollout.phase, 'done')
    assert.equal(rollout.rollbackOf, done!.id)
    assert.deepEqual(await answers(), ['v1', 'v1', 'v1'])
  })

  it('halts when the app never becomes ready: one host was touched, the reason is the probe’s answer', async () => {
    const outcome = await cli('deploy', 'sample', '--rev', commits[neverReady]!, '--wait')
    assert.equal(outcome.code, 1, outcome.stderr + outcome.stdout)
    const [rollout] = await flock.api<{ id: string; phase: string; reason: string }[]>('GET', '/rollouts?app=sample')
    assert.equal(rollout!.phase, 'halted')
    assert.match(rollout!.reason, /api-1 failed in readiness.*503/)
    assert.deepEqual(
      await Promise.all(['web-1', 'web-2'].map(async (host) => (await fetch(flock.appUrl(host, '/'))).text())),
      ['v1', 'v1'],
    )
  })

  it('kills a hook that hangs, leaves the old release running, and keeps the hook’s output', async () => {
    const before = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[v1] }))
    assert.equal(before.phase, 'done', JSON.stringify(before))
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[hangs] }))
    assert.equal(rollout.phase, 'halted')
    assert.match(rollout.reason!, /api-1 failed in preActivate/)
    assert.equal(rollout.hosts.find((host) => host.host === 'api-1')!.failure!.code, 'HOOK_TIMEOUT')
    const phases = await flock.api<PhaseResult[]>('GET', `/rollouts/${rollout.id}/phases?host=api-1`)
    assert.deepEqual(
      phases.map(({ phase, exitCode, failure }) => [phase, exitCode, failure?.code]),
      [
        ['fetch', null, undefined],
        ['unpack', null, undefined],
        ['preActivate', null, 'HOOK_TIMEOUT'],
      ],
    )
    assert.deepEqual(await answers(), ['v1', 'v1', 'v1'])
    await eventually('the hook’s output', async () =>
      (await flock.log({ rollout: rollout.id, stream: 'hook.preActivate' })).some((entry) =>
        entry.text.includes('before hanging'),
      ),
    )
  })

  it('a failing build step ends the rollout with exit 1 and its output in the log', async () => {
    const outcome = await cli('deploy', 'sample', '--rev', commits[broken]!, '--wait')
    assert.equal(outcome.code, 1)
    assert.match(outcome.stdout + outcome.stderr, /no compiler/)
    assert.match(outcome.stdout + outcome.stderr, /build step "compile" ended with exit code 9/)
  })

  it('a missing revision, a broken rookery.yml, an unknown app: exit 2 and what is wrong', async () => {
    const missing = await cli('deploy', 'sample', '--rev', 'nowhere')
    assert.deepEqual([missing.code, /REVISION_UNKNOWN/.test(missing.stderr)], [2, true])
    const yaml = await cli('deploy', 'sample', '--rev', commits[badYaml]!)
    assert.deepEqual([yaml.code, /rookery\.yml:4:3: deploy\.kep: unknown key/.test(yaml.stderr)], [2, true])
    const pool = await cli('deploy', 'sample', '--pool', 'nope')
    assert.deepEqual(
      [pool.code, /no host is in pool nope; the pools are: api, web/.test(pool.stderr)],
      [2, true],
      pool.stderr,
    )
    const unknown = await cli('deploy', 'nothing')
    assert.deepEqual([unknown.code, /NOT_FOUND/.test(unknown.stderr)], [2, true])
  })

  it('a coordinator that is not there: exit 4', async () => {
    const outcome = await rookery(['host', 'list', '--coordinator', 'http://127.0.0.1:1'])
    assert.deepEqual([outcome.code, /UNREACHABLE/.test(outcome.stderr)], [4, true])
  })

  it('shows hosts, releases, counters, and verifies a stored release', async () => {
    const hosts = JSON.parse(`[${(await cli('host', 'list', '--json')).stdout.trim().split('\n').join(',')}]`) as Host[]
    assert.deepEqual(
      hosts.map((host) => [host.name, host.connected]),
      [
        ['api-1', true],
        ['web-1', true],
        ['web-2', true],
      ],
    )
    const releases = await flock.api<Release[]>('GET', '/releases?app=sample')
    const ready = releases.find((release) => release.state === 'ready')!
    const verified = await cli('release', 'verify', ready.id)
    assert.equal(verified.code, 0, verified.stderr)
    await eventually('a counter window', async () =>
      /fetch_bytes/.test((await cli('counters', '--name', 'fetch_bytes')).stdout),
    )
  })

  it('pauses and resumes, drains a host, and aborts', async () => {
    await flock.api('POST', '/hosts/web-2/drain')
    const id = await flock.deploy({ app: 'sample', revision: commits[v2] })
    // Not by the command line, which may take longer to start than the rollout to end.
    await eventually('paused', async () => flock.api('POST', `/rollouts/${id}/pause`, {}))
    assert.equal((await cli('rollout', 'pause', id)).code, 0)
    assert.equal((await flock.rollout(id)).phase, 'paused')
    assert.equal((await cli('rollout', 'resume', id)).code, 0)
    const rollout = await flock.ended(id)
    assert.equal(rollout.phase, 'done')
    assert.equal(rollout.hosts.find((host) => host.host === 'web-2')!.state, 'skipped')
    assert.equal((await cli('rollout', 'abort', id)).code, 3)
    await flock.api('POST', '/hosts/web-2/undrain')
  })

  it('replays events from any number on, in order', async () => {
    const response = await fetch(`${flock.url}/api/v1/events`, { headers: { 'last-event-id': '0' } })
    let text = ''
    for await (const part of response.body!) {
      text += Buffer.from(part).toString()
      if (text.includes('"phase":"done"')) break
    }
    const events = [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1]!) as ApiEvent)
    const ids = events.map((event) => event.id!)
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    )
    assert.ok(events.some((event) => event.type === 'release.ready'))
  })

  it('serves its OpenAPI document, metrics and the dashboard', async () => {
    const openapi = (await (await fetch(`${flock.url}/api/v1/openapi.json`)).json()) as {
      paths: Record<string, unknown>
    }
    assert.ok(openapi.paths['/api/v1/rollouts/{id}/abort'])
    assert.match(await (await fetch(`${flock.url}/metrics`)).text(), /rookery_hosts\{connected="true"\} 3/)
    assert.match(await (await fetch(`${flock.url}/`)).text(), /<!doctype html>/i)
    assert.equal(existsSync(join(flock.directory, 'coordinator/signing-key.pem')), true)
  })
})
