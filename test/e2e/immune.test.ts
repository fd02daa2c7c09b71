import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stringify } from 'yaml'
import type { Rollout } from '../../proto/http/api.ts'
import type { Verdict } from '../../proto/http/immune.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { freePorts } from '../support/free-ports.ts'
import { rookery } from '../support/process.ts'

interface News {
  readonly text: string
  readonly rollout: Rollout
  readonly verdict?: Verdict
}

const hosts = ['web-1', 'web-2', 'web-3']
/** Every half second: lines of an app that is well although it is never quiet, and of one that is not. */
const noises = {
  quiet: '',
  noisy:
    'for (let line = Math.floor(3 * Math.random()); line > 0; line--) console.error("ERROR retry of a slow query")',
  failing: 'for (let line = 0; line < 10; line++) console.error("ERROR cannot reach the database: timeout", line)',
} as const

function files(
  app: string,
  port: string,
  version: number,
  noise: keyof typeof noises,
  rollout: object,
  webhook: string,
) {
  const config = {
    app,
    deploy: {
      path: `/srv/${app}`,
      run: { command: ['node', 'server.js'], stopDeadlineMs: 2_000 },
      readiness: { probes: [{ http: `http://127.0.0.1:\${${port}}/` }], intervalMs: 50, successes: 2 },
    },
    rollout: { order: 'list', maxUnavailable: 2, onFailure: 'rollback', ...rollout },
    notifications: [{ webhook, on: ['halted', 'rolledBack', 'done'] }],
  }
  const server = `
    import { createServer } from 'node:http'
    createServer((_, response) => response.end('${version}')).listen(Number(process.env.${port}), '127.0.0.1')
    setInterval(() => { ${noises[noise]} }, 500)
    process.on('SIGTERM', () => process.exit(0))
  `
  return { 'rookery.yml': stringify(config), 'server.js': server, 'package.json': '{"type":"module"}' }
}

describe('the immune system, on real processes', () => {
  const news: News[] = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => (body += data))
    request.on('end', () => {
      news.push(JSON.parse(body))
      response.end()
    })
  })
  let flock: Flock
  const commits = new Map<string, readonly string[]>()

  before(async () => {
    await once(receiver.listen(0, '127.0.0.1'), 'listening')
    const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    const ports = await freePorts(hosts.length)
    const agents = Object.fromEntries(
      hosts.map((host, index) => [host, { 'environment.SECOND_PORT': String(ports[index]) }]),
    )
    flock = new Flock({ pools: { web: hosts }, agents })
    await flock.start()
    const watched = (bakeMs: number) => ({ canary: { hosts: 1, bakeMs } })
    const revisions = {
      steady: [
        files('steady', 'SECOND_PORT', 1, 'noisy', {}, webhook),
        files('steady', 'SECOND_PORT', 2, 'noisy', watched(22_000), webhook),
      ],
      sick: [
        files('sick', 'PORT', 1, 'quiet', {}, webhook),
        files('sick', 'PORT', 2, 'failing', watched(120_000), webhook),
      ],
    }
    for (const [app, trees] of Object.entries(revisions)) {
      const repository = join(flock.directory, app)
      commits.set(app, makeRepository(repository, trees))
      await flock.api('PUT', `/apps/${app}`, { source: { git: repository } })
    }
    // Not together: the first deploys to a host make the directories above its apps.
    for (const app of ['steady', 'sick']) {
      const { phase, reason } = await flock.ended(await deploy(app, 0))
      assert.equal(phase, 'done', reason ?? '')
    }
  })
  after(async () => {
    await flock.stop()
    receiver.close()
    receiver.closeAllConnections()
  })

  const deploy = (app: string, version: number) => flock.deploy({ app, revision: commits.get(app)![version]! })

  it('takes back what fails on its canary within 30 s, with the evidence, and lets alone what is only noisy', async () => {
    const [sick, steady] = await Promise.all([deploy('sick', 1), deploy('steady', 1)])
    const canary = await eventually('the canary is ready', async () => {
      return (await flock.rollout(sick)).hosts.some(({ state }) => state === 'ready')
    }).then(() => Date.now())
    const halted = await flock.ended(sick)
    const tookMs = Date.now() - canary
    assert.ok(tookMs < 30_000, `it took ${tookMs} ms`)
    assert.deepEqual([halted.phase, halted.rollsBack], ['halted', true], halted.reason ?? '')
    const rolledBack = await flock.ended(`${sick}-back`)
    assert.equal(rolledBack.phase, 'done')
    assert.equal(await (await fetch(flock.appUrl('web-1', '/'))).text(), '1')

    const verdict = halted.verdicts!.at(-1)!
    assert.deepEqual([verdict.class, verdict.score, verdict.action], ['fail', 0, 'rollback'])
    const metric = verdict.metrics.find(({ bad }) => bad)!
    assert.deepEqual([metric.counter, metric.worstHost, metric.class], ['rookery.app.log_errors', 'web-1', 'high'])
    assert.equal(metric.controlHosts, 2)
    assert.ok(metric.value! > 10 && metric.controlValue === 0, JSON.stringify(metric))
    assert.match(
      halted.reason!,
      /^rookery\.app\.log_errors in pool web is high: \d\S*\/s on 1 host with the release .* 2 waiting hosts/,
    )

    const told = await eventually('the webhook heard of it', () => news.find(({ rollout }) => rollout.id === sick))
    assert.match(told.text, /halted: rookery\.app\.log_errors in pool web is high/)
    assert.match(told.text, /web-1 said:\n```\n(.*\n)*ERROR cannot reach the database: timeout \d/)
    assert.equal(told.verdict!.logs!.host, 'web-1')
    const shown = await rookery(['rollout', 'show', sick, '--coordinator', flock.url])
    assert.match(shown.stdout, /\nverdict +fail, score 0 of 100: rollback\n/, shown.stdout + shown.stderr)
    assert.match(shown.stdout, /ERROR cannot reach the database/)

    const ended = await flock.ended(steady)
    assert.equal(ended.phase, 'done', JSON.stringify(ended.verdicts))
    assert.equal(await flock.api<Rollout>('GET', `/rollouts/${steady}`).then(({ phase }) => phase), 'done')
  })
})
