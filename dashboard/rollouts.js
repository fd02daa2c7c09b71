import { element, reconcile, setText } from './dom.js'
import { age, bytes, count, duration, shortRevision } from './format.js'
import { renderVerdict } from './verdicts.js'

const stages = ['queued', 'building', 'distributing', 'activating', 'done']
const ended = new Set(['done', 'halted', 'aborted'])
const fetchedStates = new Set(['fetched', 'activating', 'ready', 'unchanged'])
const kinds = { rollback: ' (rollback)', retry: ' (retry)', converge: ' (catches up)' }
const fetchPhases = new Set(['fetch', 'unpack'])
const settledStates = new Set(['ready', 'unchanged', 'failed', 'skipped', 'cancelled', 'left'])
const marks = {
  ready: '✓',
  unchanged: '✓',
  failed: '✗',
  activating: '↻',
  fetching: '↓',
  fetched: '•',
  skipped: '–',
  cancelled: '–',
  left: '–',
  pending: '·',
}

export function hasEnded(rollout) {
  return ended.has(rollout.phase)
}

/** The list of rollouts; `onSelect(id)` when one is chosen. */
export function renderRollouts(section, rollouts, selectedId, onSelect) {
  reconcile(section.querySelector('ul'), rollouts, {
    key: (rollout) => rollout.id,
    create: (rollout) => {
      const button = element('button', { type: 'button', onclick: () => onSelect(rollout.id) })
      button.append(
        element('span', { class: 'name' }),
        element('span', { class: 'phase' }),
        element('span', { class: 'when' }),
      )
      return element('li', {}, button)
    },
    update: (item, rollout) => {
      const button = item.firstElementChild
      const [name, phase, when] = button.children
      setText(name, `${rollout.app} ${shortRevision(rollout.revision)}${kinds[rollout.kind] ?? ''}`)
      setText(phase, rollout.phase)
      phase.dataset.phase = rollout.phase
      setText(when, `${age(rollout.startedAtMs ?? rollout.createdAtMs)}${tookOf(rollout)}`)
      if (rollout.id === selectedId) button.setAttribute('aria-current', 'true')
      else button.removeAttribute('aria-current')
    },
  })
}

/** The shown rollout: its stages, a bar a pool, and the hosts of each batch. */
export function renderRollout(section, rollout, progress) {
  setText(section.querySelector('h2'), `Rollout of ${rollout.app} ${shortRevision(rollout.revision)}`)
  const body = bodyOf(section)
  setText(body.facts, factsOf(rollout))
  renderStages(body.stages, rollout)
  const reason = rollout.reason ?? (rollout.waitsFor ? `waits: ${rollout.waitsFor}` : '')
  setText(body.reason, reason)
  body.reason.hidden = reason === ''
  body.reason.dataset.phase = rollout.phase
  renderPools(body.pools, rollout, progress)
  renderBatches(body.batches, rollout)
  renderFailures(body.failures, rollout)
  renderVerdict(body.verdict, rollout)
}

function bodyOf(section) {
  if (!section.body) {
    const body = {
      facts: element('p', { class: 'facts' }),
      stages: element('ol', { class: 'stages', 'aria-label': 'Stages' }),
      reason: element('p', { class: 'reason', role: 'alert' }),
      pools: element('ul', { class: 'pools', 'aria-label': 'Distribution, by pool' }),
      batches: element('ol', { class: 'batches', 'aria-label': 'Activation, by batch' }),
      failures: element('ul', { class: 'failures', 'aria-label': 'Failures' }),
      verdict: element('ul', { class: 'verdict', 'aria-label': 'Verdict of the immune system' }),
    }
    section.querySelector('.empty')?.remove()
    section.append(...Object.values(body))
    section.body = body
  }
  return section.body
}

function factsOf(rollout) {
  const release = rollout.releaseId ? `release ${rollout.releaseId}` : 'no release yet'
  return [
    `rollout ${rollout.id}`,
    release,
    ...(rollout.by ? [`by ${rollout.by}${rollout.why ? `: ${rollout.why}` : ''}`] : []),
    ...(rollout.order ? [`order ${rollout.order}`] : []),
    `${age(rollout.startedAtMs ?? rollout.createdAtMs)}${tookOf(rollout)}`,
    ...distributionOf(rollout),
  ].join(' · ')
}

function distributionOf({ efficiency }) {
  if (!efficiency) return []
  const { makespanMs, ratio, stragglers } = efficiency
  const slow = stragglers.length > 0 ? `, ${count(stragglers.length, 'slow host')}` : ''
  return [`distributed in ${duration(makespanMs)}, ${ratio.toFixed(2)} × the least possible${slow}`]
}

function tookOf(rollout) {
  if (rollout.endedAtMs === null) return ''
  return `, took ${duration(rollout.endedAtMs - (rollout.startedAtMs ?? rollout.createdAtMs))}`
}

function renderStages(list, rollout) {
  // A rollout that stopped shows where it stood when it did: hosts that restarted have seen activation.
  const reached = stages.includes(rollout.phase) ? rollout.phase : stageByHosts(rollout)
  const at = stages.indexOf(reached)
  const names = rollout.phase === 'done' || !hasEnded(rollout) ? stages : [...stages.slice(0, at + 1), rollout.phase]
  reconcile(list, names, {
    key: (name) => name,
    create: () => element('li'),
    update: (item, name) => {
      const state = stageState(rollout, name, reached)
      item.dataset.state = state
      setText(item, state === 'paused' ? `${name}, paused` : name)
      if (state === 'past' || state === 'next') item.removeAttribute('aria-current')
      else item.setAttribute('aria-current', 'step')
    },
  })
}

function stageState(rollout, name, reached) {
  if (hasEnded(rollout)) return name === rollout.phase ? name : 'past'
  if (name === reached) return rollout.phase === 'paused' ? 'paused' : 'now'
  return stages.indexOf(name) < stages.indexOf(reached) ? 'past' : 'next'
}

function stageByHosts(rollout) {
  if (rollout.releaseId === null) return 'building'
  return rollout.hosts.some((host) => host.state === 'activating' || host.state === 'ready' || host.activateMs !== null)
    ? 'activating'
    : 'distributing'
}

function renderPools(list, rollout, progress) {
  const measured = new Map(progress.map((pool) => [pool.pool, pool]))
  const taking = rollout.hosts.filter((host) => host.state !== 'skipped')
  const pools = Map.groupBy(taking, (host) => host.pool)
  reconcile(list, [...pools], {
    key: ([pool]) => pool,
    create: () =>
      element(
        'li',
        {},
        element('span', { class: 'name' }),
        element('progress', { max: 1, value: 0 }),
        element('span', { class: 'facts' }),
      ),
    update: (item, [pool, hosts]) => {
      const [name, bar, facts] = item.children
      const { done, total, fetched, rate } = distribution(hosts, measured.get(pool))
      setText(name, pool)
      bar.setAttribute('aria-label', `pool ${pool}`)
      // Hosts that hold the release from before have no bytes to fetch; then the hosts are counted.
      bar.value = total === 0 ? fetched / hosts.length : done / total
      const speed = rate > 0 && fetched < hosts.length ? ` · ${bytes(rate)}/s` : ''
      setText(
        facts,
        [`${fetched}/${hosts.length} hosts`, total > 0 && `${bytes(done)} of ${bytes(total)}`]
          .filter(Boolean)
          .join(' · ') + speed,
      )
    },
  })
}

function hasFetched({ state, failure }) {
  return fetchedStates.has(state) || (state === 'failed' && failure !== null && !fetchPhases.has(failure.phase))
}

function distribution(hosts, measured) {
  const fetched = hosts.filter(hasFetched).length
  const size = Math.max(0, ...hosts.map((host) => host.bytesTotal))
  let done = 0
  for (const host of hosts) done += hasFetched(host) ? size : host.bytesDone
  const isLive = measured && fetched < hosts.length
  return {
    fetched,
    done: isLive ? measured.bytesDone : done,
    total: size * hosts.length,
    rate: isLive ? measured.bytesPerSecond : 0,
  }
}

function renderBatches(list, rollout) {
  const byName = new Map(rollout.hosts.map((host) => [host.host, host]))
  const batches = rollout.batches.map((names, index) => ({
    number: index + 1,
    hosts: names.flatMap((name) => byName.get(name) ?? []),
  }))
  const others = rollout.hosts.filter((host) => host.batch === null)
  if (others.length > 0) batches.push({ number: 0, hosts: others })
  reconcile(list, batches, {
    key: (batch) => batch.number,
    create: () => element('li', {}, element('h3'), element('ul', { class: 'chips' })),
    update: (item, batch) => {
      const settled = batch.hosts.filter((host) => settledStates.has(host.state)).length
      const title = batch.number === 0 ? 'Not activated' : `Batch ${batch.number} of ${rollout.batches.length}`
      setText(item.firstElementChild, `${title} · ${settled}/${batch.hosts.length}`)
      item.dataset.state =
        settled === batch.hosts.length
          ? 'done'
          : batch.hosts.some((host) => host.state === 'activating')
            ? 'running'
            : 'waiting'
      reconcile(item.lastElementChild, batch.hosts, {
        key: (host) => host.host,
        create: () => element('li'),
        update: fillChip,
      })
    },
  })
}

function fillChip(item, host) {
  const state = host.state === 'activating' && host.phase ? host.phase : host.state
  setText(item, `${marks[host.state] ?? ''} ${host.host} ${state}`)
  item.dataset.state = host.state
  const why = host.failure ? `, ${host.failure.message}` : ''
  const took = host.activateMs === null ? '' : `, restarted in ${duration(host.activateMs)}`
  item.title = `${host.host}, pool ${host.pool}: ${host.state}${why}${took}${host.why ? ` (${host.why})` : ''}`
}

function renderFailures(list, rollout) {
  const failed = rollout.hosts.filter((host) => host.state === 'failed' && host.failure)
  list.setAttribute('aria-label', count(failed.length, 'failed host'))
  reconcile(list, failed.slice(0, 20), {
    key: (host) => host.host,
    create: () => element('li'),
    update: (item, { host, failure }) =>
      setText(
        item,
        `✗ ${host} failed${failure.phase ? ` in ${failure.phase}` : ''}: ${failure.message} (${failure.code})`,
      ),
  })
}
