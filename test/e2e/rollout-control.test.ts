import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host, Rollout, RolloutPreview } from '../../proto/http/api.ts'
import { ControlFlock } from '../support/control-flock.ts'
import { eventually } from '../support/eventually.ts'

/** A host that does not become ready is given up soon. */
const impatient = {
  readiness: { probes: [{ http: `http://127.0.0.1:\${PORT}/readyz` }], intervalMs: 50, healthyDeadlineMs: 1_500 },
}
const noted = (what: string) => {
  const shared = '$ROOKERY_PATH/shared'
  return { command: `echo "${what} $(date +%s%3N) $(wc -l < ${shared}/starts)" >> ${shared}/hooks` }
}
const parallel = { order: 'spread', maxParallel: 10 }

const revisions = [
  { version: 'first', rollout: parallel },
  { version: 'stepwise', rollout: { ...parallel, canary: { hosts: 1 }, steps: ['80%'], promote: 'manual' } },
  { version: 'fetched', rollout: { order: 'spread', maxParallel: 2 } },
  { version: 'budget', deploy: impatient, rollout: { ...parallel, failureBudget: 1, maxUnavailable: 2 } },
  { version: 'bad', deploy: impatient, rollout: { order: 'spread', onFailure: 'rollback' } },
  { version: 'paused', deploy: impatient, rollout: { onFailure: 'pause' } },
  { version: 'goodbye' },
  {
    version: 'drained',
    deploy: {
      hooks: { drain: noted('drain'), undrain: noted('undrain') },
      readiness: { ...impatient.readiness, minHealthyTimeMs: 600, healthyDeadlineMs: 10_000 },
    },
    rollout: parallel,
  },
  { version: 'together', rollout: parallel },
  {
    version: 'slow',
    deploy: {
      hooks: {
        preActivate: { command: 'test $ROOKERY_POOL != api || sleep 60' },
        postActivate: { command: 'test $ROOKERY_POOL != web || sleep 60' },
      },
    },
    rollout: parallel,
  },
  { version: 'second-1', app: 'second', portVariable: 'SECOND_PORT', rollout: parallel },
  { version: 'second-2', app: 'second', portVariable: 'SECOND_PORT', rollout: parallel },
]

describe('steering rollouts, on real processes', () => {
  let flock: ControlFlock

  before(async () => {
    flock = await ControlFlock.start(revisions)
    const second = await flock.deploy({ app: 'second', revision: flock.commit('second-1') })
    const ended = await Promise.all([flock.ended(await flock.roll('first')), flock.ended(second)])
    for (const rollout of ended) assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
  })
  // What a failed test leaves under way is in the way of the others.
  afterEach(() => flock.abortAll())
  after(() => flock.stop())

  const states = ({ hosts }: Rollout) => Object.fromEntries(hosts.map(({ host, state }) => [host, state]))
  const all = <T>(value: T): T[] => flock.early.map(() => value)

  it('goes step by step, and waits after each for an operator', async () => {
    const id = await flock.roll('stepwise', { why: 'a better page', by: 'ada' })
    const canaried = await flock.until(id, 'waits after its canary', ({ awaitsPromote }) => awaitsPromote)
    assert.deepEqual([canaried.phase, canaried.order, canaried.by], ['paused', 'spread', 'ada'])
    assert.equal(canaried.reason, `step canary is done; waits for: rollout promote ${id}`)
    assert.deepEqual(
      canaried.steps.map(({ name, waitsForPromote }) => [name, waitsForPromote]),
      [
        ['canary', true],
        ['80%', true],
        ['100%', false],
      ],
    )
    assert.deepEqual(
      canaried.hosts.map(({ host, zone }) => zone === (host.endsWith('1') ? 'eu' : 'us')),
      all(true),
    )
    const canaries = canaried.hosts.filter(({ batch }) => batch === 1)
    assert.deepEqual(canaries.map(({ why }) => why).sort(), ['canary of pool api', 'canary of pool web'])
    assert.ok(canaries.every(({ state }) => state === 'ready'))
    assert.equal(canaried.hosts.filter(({ state }) => state === 'fetched').length, 3, 'the others hold it and wait')
    assert.match(canaried.hosts.find(({ batch }) => batch === 2)!.why, /: step 80%, batch 2$/)
    await assert.rejects(flock.control(id, 'resume'), /409.*waits for: rollout promote.*CONFLICT/)
    const promoted = await flock.cli('rollout', 'promote', id)
    assert.equal(promoted.code, 0, promoted.stderr)
    const again = await flock.until(id, 'waits after its second step', (rollout) => {
      return rollout.awaitsPromote && rollout.reason!.startsWith('step 80% ')
    })
    assert.equal(again.hosts.filter(({ state }) => state === 'ready').length, 4)
    await flock.control(id, 'promote')
    assert.equal((await flock.ended(id)).phase, 'done')
    assert.deepEqual(await flock.serving(), all('stepwise'))
  })

  it('shows beforehand who would move when, and does nothing', async () => {
    const deploy = ['deploy', 'sample', '--rev', flock.commit('fetched'), '--seed', '7', '--dry-run']
    const rollouts = await flock.api<Rollout[]>('GET', '/rollouts')
    const [plain, explained] = await Promise.all([flock.cli(...deploy), flock.cli(...deploy, '--explain')])
    assert.deepEqual([plain.code, explained.code], [0, 0], plain.stderr + explained.stderr)
    assert.match(plain.stdout, /^5 hosts of 5 in 3 batches, order spread with seed 7\nat once at most: api 1, web 1/)
    assert.match(plain.stdout, /\n100%: 5 hosts\n {2}batch 1 {2}\S+ \S+\n {2}batch 2 /)
    assert.match(explained.stdout, /\nweb-1 +web +\d +web's \d\w\w of 3, spread over all: step 100%, batch \d\n/)
    assert.deepEqual(await flock.api<Rollout[]>('GET', '/rollouts'), rollouts)
    assert.deepEqual(await flock.serving(), all('stepwise'))
  })

  it('fetches ahead without a restart; the deploy then fetches nothing and moves hosts as was foretold', async () => {
    const request = { app: 'sample', revision: flock.commit('fetched'), seed: 7 }
    const prefetch = await flock.ended(await flock.deploy({ ...request, prefetch: true }))
    assert.equal(prefetch.phase, 'done')
    assert.ok(prefetch.hosts.every(({ state }) => state === 'fetched'))
    const held = (await flock.api<Host[]>('GET', '/hosts')).map(({ releases }) => {
      return releases.some(({ heldReleaseIds }) => heldReleaseIds.includes(prefetch.releaseId!))
    })
    assert.ok(held.every(Boolean))
    assert.deepEqual(await flock.serving(), all('stepwise'))
    const preview = await flock.api<RolloutPreview>('POST', '/rollouts/preview', request)
    const rollout = await flock.ended(await flock.deploy(request))
    assert.deepEqual([rollout.phase, rollout.seed, rollout.batches], ['done', 7, preview.batches])
    for (const { host, bytes } of rollout.hosts) {
      assert.deepEqual([bytes?.fromPeers ?? 0, bytes?.fromSeeder ?? 0, bytes?.fromWebSeed ?? 0], [0, 0, 0], host)
      assert.equal(flock.starts(host, 'fetched'), 1)
    }
  })

  it('tries a host that fails within the budget again, leaves it out, and moves it alone when it is asked to', async () => {
    flock.breakOn('web-2', 'budget')
    const rollout = await flock.ended(await flock.roll('budget'))
    assert.deepEqual([rollout.phase, rollout.reason], ['done', 'but for 1 that failed: web-2'])
    const failed = rollout.hosts.find(({ host }) => host === 'web-2')!
    assert.deepEqual([failed.state, failed.retries, failed.failure!.phase], ['failed', 1, 'readiness'])
    assert.equal(flock.starts('web-2', 'budget'), 2)
    flock.mend('web-2', 'budget')
    const outcome = await flock.cli('rollout', 'retry', rollout.id, '--json', '--no-wait')
    assert.equal(outcome.code, 0, outcome.stderr)
    const retry = await flock.ended((JSON.parse(outcome.stdout) as Rollout).id)
    assert.deepEqual([retry.kind, retry.retryOf, retry.phase], ['retry', rollout.id, 'done'])
    assert.deepEqual(states(retry), { 'web-2': 'ready' })
    assert.deepEqual(
      flock.early.map((host) => flock.starts(host, 'budget')),
      flock.early.map((host) => (host === 'web-2' ? 3 : 1)),
    )
    await assert.rejects(flock.control(retry.id, 'retry'), /409.*no host failed.*CONFLICT/)
  })

  it('takes a bad release back by itself, in the order in which it was given', async () => {
    const request = { app: 'sample', revision: flock.commit('bad'), seed: 3 }
    const { batches } = await flock.api<RolloutPreview>('POST', '/rollouts/preview', request)
    const order = batches.flat()
    flock.breakOn(order[2]!, 'bad')
    const bad = await flock.ended(await flock.deploy(request))
    assert.equal(bad.phase, 'halted')
    assert.match(bad.reason!, new RegExp(`^${order[2]} failed in readiness: .*503.*; goes back$`))
    const back = await flock.newest('rollback', order[0]!)
    assert.deepEqual([back.phase, back.rollbackOf, back.releaseId], ['done', bad.id, bad.previousReleaseId])
    assert.equal(back.why, `automatic: ${bad.reason}`)
    assert.deepEqual(back.batches.flat(), order.slice(0, 3))
    assert.deepEqual(await flock.serving(), all('budget'))
    assert.equal(flock.starts(order[4]!, 'bad'), 0)
    const refused = await flock.cli('rollout', 'rollback', back.id, '--no-wait')
    assert.deepEqual([refused.code, /is a rollback itself.*CONFLICT/.test(refused.stderr)], [3, true], refused.stderr)
  })

  it('pauses at a failure, and goes on once what failed is mended and tried again', async () => {
    flock.breakOn('api-2', 'paused')
    const id = await flock.roll('paused')
    const paused = await flock.until(id, 'pauses', ({ phase }) => phase === 'paused')
    assert.match(paused.reason!, /^api-2 failed in readiness/)
    assert.deepEqual(await flock.serving(['api-1', 'web-1', 'web-2', 'web-3']), [
      'paused',
      'budget',
      'budget',
      'budget',
    ])
    assert.deepEqual(states(paused), {
      ...{ 'api-1': 'ready', 'api-2': 'failed', 'web-1': 'fetched', 'web-2': 'fetched', 'web-3': 'fetched' },
    })
    flock.mend('api-2', 'paused')
    assert.equal((await flock.control(id, 'retry')).id, id)
    const rollout = await flock.ended(id)
    assert.deepEqual([rollout.phase, rollout.reason], ['done', null])
    assert.deepEqual(await flock.serving(), all('paused'))
  })

  it('passes over a host whose agent says goodbye, and brings it and a new one up to date later', async () => {
    const id = await flock.roll('goodbye')
    await flock.until(id, 'moves hosts', ({ phase }) => phase === 'activating')
    await flock.process('agent-web-3').kill('SIGTERM')
    const rollout = await flock.ended(id)
    assert.deepEqual([rollout.phase, rollout.reason], ['done', null], JSON.stringify(rollout))
    const left = rollout.hosts.find(({ host }) => host === 'web-3')!
    assert.deepEqual([left.state, left.failure!.message], ['left', 'its agent said goodbye'])
    assert.deepEqual(await flock.serving(['web-2', 'web-3']), ['goodbye', 'paused'], 'its app serves on')
    await Promise.all([flock.startService('agent-web-3'), flock.startService('agent-web-4')])
    await eventually('both run it', async () => {
      return (await flock.serving(['web-3', 'web-4'])).every((version) => version === 'goodbye')
    })
    const converged = await flock.newest('converge', 'web-3')
    assert.deepEqual([converged.phase, converged.releaseId], ['done', rollout.releaseId])
    await eventually('the new host runs both apps', () => flock.serves('web-4'))
  })

  it('waits while its app is held, and starts when that is over', async () => {
    const held = await flock.cli('lock', 'hold', 'sample', '--reason', 'migration')
    assert.equal(held.code, 0, held.stderr)
    const id = await flock.roll('drained')
    const waiting = await flock.rollout(id)
    assert.equal(waiting.phase, 'queued')
    assert.match(waiting.waitsFor!, /migration.*ada|ada.*migration/)
    assert.equal((await flock.cli('lock', 'release', 'sample')).code, 0)
    assert.equal((await flock.ended(id)).phase, 'done')
  })

  it('drains each host before its restart and brings it back when it was healthy for long enough', async () => {
    for (const host of flock.hosts) {
      const lines = readFileSync(flock.shared(host, 'hooks'), 'utf8').trim().split('\n')
      const [drain, undrain, ...others] = lines.map((line) => line.split(' '))
      assert.deepEqual([drain![0], undrain![0], others], ['drain', 'undrain', []], host)
      assert.equal(Number(undrain![2]) - Number(drain![2]), 1, 'it was started in between')
      assert.ok(Number(undrain![1]) - Number(drain![1]) >= 600, lines.join(', '))
    }
  })

  it('passes a hold for a reason, and never takes two hosts of a pool out for two apps at once', async () => {
    await flock.api('POST', '/locks', { app: null, reason: 'weekend', by: 'ada' })
    const rolls = ['together', 'second-2'].map((version, index) => {
      const app = ['sample', 'second'][index]!
      return flock.deploy({ app, revision: flock.commit(version), breakGlass: 'the page is down', by: 'ada' })
    })
    const ended = Promise.all((await Promise.all(rolls)).map((id) => flock.ended(id)))
    const worst = await mostOutAtOnce(flock, ended)
    for (const { phase, breakGlass } of await ended) assert.deepEqual([phase, breakGlass], ['done', 'the page is down'])
    await flock.api('DELETE', '/locks?app=*')
    assert.deepEqual(worst, { api: 1, web: 1 })
    assert.deepEqual(
      await flock.serving(flock.hosts),
      flock.hosts.map(() => 'together'),
    )
  })

  it('is aborted at once: no other host begins, and those in the middle end in a known state', async () => {
    const id = await flock.roll('slow')
    const midway = await flock.until(id, 'has hosts in flight', ({ hosts }) => {
      return hosts.some(({ phase }) => phase === 'preActivate') && hosts.some(({ phase }) => phase === 'postActivate')
    })
    const begun = midway.hosts.filter(({ state }) => state === 'activating').map(({ host }) => host)
    assert.equal(begun.length, 2)
    const aborted = await flock.control(id, 'abort')
    assert.deepEqual([aborted.phase, aborted.reason], ['aborted', 'by an operator'])
    await sleep(1_000)
    const rollout = await flock.rollout(id)
    assert.ok(
      rollout.hosts.every(({ state }) => state === 'cancelled'),
      JSON.stringify(states(rollout)),
    )
    for (const host of flock.hosts.filter((name) => !begun.includes(name))) assert.equal(flock.starts(host, 'slow'), 0)
    assert.equal((await flock.control(id, 'abort')).phase, 'aborted', 'once more is no error')
    await eventually('the host that was cut off behind its swap runs what its pool runs', async () => {
      return (await flock.serving(flock.hosts)).every((version) => version === 'together')
    })
    const [inApi, inWeb] = begun.sort() as [string, string]
    assert.deepEqual([flock.starts(inApi, 'slow'), flock.starts(inApi, 'together')], [0, 1], 'was not touched')
    assert.deepEqual([flock.starts(inWeb, 'slow'), flock.starts(inWeb, 'together')], [1, 2])
  })
})

/** By pool: the most hosts that were seen out of service at the same time, until `ended`. */
async function mostOutAtOnce(flock: ControlFlock, ended: Promise<unknown>): Promise<Record<string, number>> {
  const worst: Record<string, number> = { api: 0, web: 0 }
  let isOver = false
  void ended.finally(() => {
    isOver = true
  })
  let before = new Set<string>()
  while (!isOver) {
    const serve = await Promise.all(flock.hosts.map((host) => flock.serves(host)))
    const now = new Set(flock.hosts.filter((_host, index) => !serve[index]))
    for (const pool of Object.keys(worst)) {
      const seen = [...now].filter((host) => host.startsWith(pool))
      // Hosts are asked one after the other: out at the same time are those that were out before and are still.
      const together = seen.filter((host) => before.has(host)).length
      worst[pool] = Math.max(worst[pool]!, together, Math.min(1, seen.length))
    }
    before = now
  }
  return worst
}
