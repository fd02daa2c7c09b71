import { ApiError, follow, get, setToken, takeTokenOfAddress } from './api.js'
import { renderCounters } from './counters.js'
import { setText } from './dom.js'
import { count } from './format.js'
import { LogTail } from './logs.js'
import { hasEnded, renderRollout, renderRollouts } from './rollouts.js'
import { renderHosts, renderReleases } from './tables.js'

const section = (id) => document.getElementById(id)
const connection = section('connection')
const logTail = new LogTail()

/** A burst of events asks once. */
const gatherMs = 250
/** What no event tells: ages, counters, and whatever an event may have missed. */
const pollMs = 10_000
const counterSpanMs = 10 * 60_000
const mostCounters = 60

const state = { rollouts: [], rollout: undefined, progress: [], hosts: [], chosenId: undefined }
let stopEvents = () => {}

const refreshRollouts = gathered(async () => {
  state.rollouts = await get('/rollouts', { limit: 20 })
  section('rollouts').querySelector('.empty').hidden = state.rollouts.length > 0
  // Follows the newest one until somebody chooses another.
  const id = state.chosenId ?? state.rollouts[0]?.id
  if (id !== undefined) {
    if (state.rollout?.id !== id) state.progress = []
    state.rollout = await get(`/rollouts/${encodeURIComponent(id)}`)
    logTail.show(id)
  }
  drawRollouts()
})

const refreshHosts = gathered(async () => {
  state.hosts = await get('/hosts')
  const connected = state.hosts.filter((host) => host.connected).length
  setText(section('totals'), `${connected} of ${count(state.hosts.length, 'host')} connected`)
  renderHosts(section('hosts'), state.hosts)
})

const refreshReleases = gathered(async () => renderReleases(section('releases'), await get('/releases', { limit: 20 })))

const refreshCounters = gathered(async () => {
  const toMs = Date.now()
  const fromMs = toMs - counterSpanMs
  renderCounters(section('counters'), await get('/counters/query', { name: '**', fromMs, toMs, limit: mostCounters }))
})

function refreshAll() {
  for (const refresh of [refreshRollouts, refreshHosts, refreshReleases, refreshCounters]) refresh()
}

function drawRollouts() {
  renderRollouts(section('rollouts'), state.rollouts, state.rollout?.id, (id) => {
    state.chosenId = id
    refreshRollouts()
  })
  if (state.rollout) renderRollout(section('rollout'), state.rollout, state.progress)
}

function onEvent(type, event) {
  const isShown = state.rollout !== undefined && event.rolloutId === state.rollout.id
  if (type === 'rollout.progress') {
    if (isShown) state.progress = event.data.pools
  } else if (type === 'rollout.host') {
    if (isShown) takeHost(event.data)
    refreshHosts()
  } else if (type.startsWith('rollout.')) refreshRollouts()
  else if (type.startsWith('release.')) refreshReleases()
  else if (type.startsWith('host.')) refreshHosts()
  if (isShown) requestDraw()
}

function takeHost(changed) {
  const hosts = state.rollout.hosts
  const index = hosts.findIndex((host) => host.host === changed.host)
  if (index < 0) hosts.push(changed)
  else hosts[index] = changed
}

let isDrawing = false
function requestDraw() {
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    drawRollouts()
  })
}

function showConnection(name, error) {
  const words = { open: 'live', lost: 'the coordinator is away, trying again', refused: error?.message ?? 'refused' }
  connection.dataset.state = name
  setText(connection, words[name])
  section('token-form').hidden = !(error instanceof ApiError && error.status === 401)
  if (name === 'open') refreshAll()
}

function start() {
  stopEvents()
  stopEvents = follow('/events', {}, { onMessage: onEvent, onState: showConnection })
}

/** `task` at most once per `gatherMs`, and never twice at a time; the last wish is always fulfilled. */
function gathered(task) {
  let isRunning = false
  let isWanted = false
  const run = async () => {
    isRunning = true
    isWanted = false
    await new Promise((resolve) => setTimeout(resolve, gatherMs))
    // The event stream says how the connection is; what cannot be read now is read with the next event or poll.
    await task().catch((error) => console.warn(error))
    isRunning = false
    if (isWanted) void run()
  }
  return () => {
    if (isRunning) isWanted = true
    else void run()
  }
}

section('token-form').addEventListener('submit', (event) => {
  event.preventDefault()
  setToken(section('token').value)
  section('token').value = ''
  start()
  logTail.restart()
})

setInterval(() => {
  if (connection.dataset.state === 'open' && !document.hidden) refreshAll()
}, pollMs)
// Ages and durations move on while a rollout runs.
setInterval(() => state.rollout && !hasEnded(state.rollout) && requestDraw(), 1_000)

// A link with another token may be opened in a tab that is open.
window.addEventListener('hashchange', () => {
  if (!takeTokenOfAddress()) return
  start()
  logTail.restart()
})

takeTokenOfAddress()
start()
