// The coordinator's HTTP API as this page uses it. EventSource cannot send a token, so events are read through fetch.

const tokenKey = 'rookery-token'
const firstRetryMs = 500
const longestRetryMs = 10_000

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Kept for this tab alone, and gone with it. */
export function setToken(token) {
  sessionStorage.setItem(tokenKey, token)
}

/**
 * Takes the token that a link brought along behind `#token=`, and removes it from the address: it must not stay in the
 * history, nor be copied with the link. Returns whether there was one.
 */
export function takeTokenOfAddress() {
  const [, token] = /^#token=([\x21-\x7e]+)$/.exec(location.hash) ?? []
  if (token === undefined) return false
  setToken(decodeURIComponent(token))
  history.replaceState(null, '', location.pathname + location.search)
  return true
}

/** The JSON of a GET below /api/v1. */
export async function get(path, query = {}) {
  const response = await open(path, query, {})
  return response.json()
}

/**
 * Follows an SSE route for good: `onMessage(type, data)` for each message, `onState('open' | 'lost' | 'refused', error)`.
 * Returns the function that ends it.
 */
export function follow(path, query, { onMessage, onState }) {
  const stopped = new AbortController()
  void followUntilStopped(path, query, { onMessage, onState }, stopped.signal)
  return () => stopped.abort()
}

async function followUntilStopped(path, query, { onMessage, onState }, signal) {
  let lastEventId
  let retryMs = firstRetryMs
  while (!signal.aborted) {
    try {
      const headers = { accept: 'text/event-stream' }
      if (lastEventId !== undefined) headers['last-event-id'] = lastEventId
      const response = await open(path, query, { headers, signal })
      onState('open')
      for await (const message of messagesOf(response.body)) {
        if (message.id !== undefined) lastEventId = message.id
        retryMs = firstRetryMs
        onMessage(message.type, JSON.parse(message.data))
      }
      onState('lost')
    } catch (error) {
      if (signal.aborted) return
      // A refusal stays one until somebody does something; asking again would not help.
      if (error instanceof ApiError && error.status < 500) return onState('refused', error)
      onState('lost', error)
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs * (0.75 + Math.random() / 2)))
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

async function open(path, query, options) {
  const url = new URL(`/api/v1${path}`, location.origin)
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') url.searchParams.set(key, value)
  const token = sessionStorage.getItem(tokenKey)
  const headers = { ...options.headers, ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(url, { ...options, headers })
  if (response.ok) return response
  const problem = await response.json().catch(() => ({}))
  throw new ApiError(response.status, problem.code ?? 'INTERNAL', problem.detail ?? `HTTP ${response.status}`)
}

/** Messages of a server-sent event stream (WHATWG HTML, section 9.2.6), as far as the coordinator writes them. */
async function* messagesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let buffer = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    buffer += value
    const blocks = buffer.split(/\r?\n\r?\n/)
    buffer = blocks.pop()
    for (const block of blocks) {
      const message = parseMessage(block)
      if (message.data !== '') yield message
    }
  }
}

function parseMessage(block) {
  const message = { type: 'message', id: undefined, data: '' }
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') message.type = value
    else if (field === 'id') message.id = value
    else if (field === 'data') message.data += (message.data && '\n') + value
  }
  return message
}
