import { ApiError, follow } from './api.js'
import { element } from './dom.js'
import { bytes, clockTime } from './format.js'

/** More lines slow the page down and are read by nobody; the command line has them all. */
const mostLines = 500

/** The tail of the log, of one rollout or of everything. */
export class LogTail {
  #lines = document.querySelector('#log-lines')
  #scope = document.querySelector('#log-scope')
  /** What lines are wanted, by the name the API has for it. */
  #filters = ['pool', 'host', 'stream', 'level', 'text'].map((name) => [name, document.querySelector(`#log-${name}`)])
  #follow = document.querySelector('#log-follow')
  #rolloutId
  #stop = () => {}
  #pending = []
  /** Text of a line that has not ended yet, by host and stream. */
  #begun = new Map()

  constructor() {
    for (const input of [this.#scope, ...this.#filters.map(([, input]) => input)])
      input.addEventListener('change', () => this.#restart())
    this.#follow.addEventListener('change', () => this.#scrollDown())
    this.#lines.addEventListener('scroll', () => {
      // Whoever scrolls up wants to read; whoever comes back to the end wants to follow.
      const fromEnd = this.#lines.scrollHeight - this.#lines.scrollTop - this.#lines.clientHeight
      this.#follow.checked = fromEnd < 8
    })
  }

  show(rolloutId) {
    if (rolloutId === this.#rolloutId) return
    this.#rolloutId = rolloutId
    if (this.#scope.value === 'rollout') this.#restart()
  }

  restart() {
    this.#restart()
  }

  #restart() {
    this.#stop()
    this.#stop = () => {}
    this.#begun.clear()
    this.#pending = []
    this.#lines.replaceChildren()
    const isAll = this.#scope.value === 'all'
    if (!isAll && this.#rolloutId === undefined) return
    const query = Object.fromEntries(this.#filters.map(([name, input]) => [name, input.value.trim()]))
    const scope = isAll ? {} : { rollout: this.#rolloutId, after: 0 }
    this.#stop = follow(
      '/logs/stream',
      { ...query, ...scope },
      {
        onMessage: (type, entry) => (type === 'problem' ? this.#say(entry.detail) : this.#add(entry)),
        onState: (_, error) => error instanceof ApiError && this.#say(error.message),
      },
    )
  }

  #add(entry) {
    const key = `${entry.rolloutId} ${entry.host} ${entry.stream}`
    const lines = ((this.#begun.get(key) ?? '') + entry.text).split('\n')
    const rest = lines.pop()
    const isOver = entry.gapBytes > 0 || entry.final
    if (isOver && rest !== '') lines.push(rest)
    this.#begun.set(key, isOver ? '' : rest)
    for (const text of lines) this.#push(entry, text)
    if (entry.gapBytes > 0) this.#push(entry, gapText(entry))
  }

  /** In place of lines: why there are none. */
  #say(text) {
    this.#lines.replaceChildren(element('p', {}, text))
  }

  #push(entry, text) {
    this.#pending.push({ entry, text })
    if (this.#pending.length > mostLines) this.#pending.shift()
    if (this.#pending.length === 1) requestAnimationFrame(() => this.#draw())
  }

  #draw() {
    const fragment = document.createDocumentFragment()
    for (const { entry, text } of this.#pending.splice(0)) {
      const origin = `${entry.host || 'coordinator'} ${entry.stream}`
      fragment.append(
        element(
          'p',
          { 'data-stream': entry.stream },
          element('span', { class: 'origin' }, `${clockTime(entry.atMs)} ${origin}`),
          ` ${plain(text)}`,
        ),
      )
    }
    this.#lines.append(fragment)
    while (this.#lines.childElementCount > mostLines) this.#lines.firstElementChild.remove()
    this.#scrollDown()
  }

  #scrollDown() {
    if (this.#follow.checked) this.#lines.scrollTop = this.#lines.scrollHeight
  }
}

function gapText({ gapBytes, gapLimit }) {
  if (gapLimit === 0) return `… ${bytes(gapBytes)} were lost here …`
  return `… ${bytes(gapBytes)} left out: more than ${bytes(gapLimit)}/s …`
}

/** Without the colours and cursor movements that are meant for terminals. */
function plain(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return text.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*(?:\x07|$)|[\x00-\x08\x0b-\x1f\x7f]/g, '')
}
