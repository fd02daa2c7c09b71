import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/** The name of an installed Chromium, or undefined. */
export function installedBrowser(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find((name) => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly type?: string
    readonly args?: { value?: string }[]
    readonly exceptionDetails?: { text: string }
  }
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

/** One page of a headless Chromium, over the DevTools protocol. */
export class BrowserPage {
  /** What the page logged as error or threw. */
  readonly complaints: string[] = []
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #lastId = 0

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = child
    this.#profile = profile
    this.#socket = socket
    socket.on('message', (data) => this.#take(JSON.parse(String(data))))
  }

  static async open(browser: string, size: { readonly width: number; readonly height: number }): Promise<BrowserPage> {
    const profile = await mkdtemp(join(tmpdir(), 'rookery-browser-'))
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ]
    const child = spawn(browser, [...args, `--window-size=${size.width},${size.height}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const socket = new WebSocket(await pageUrl(child))
    await once(socket, 'open')
    const page = new BrowserPage(child, profile, socket)
    await page.send('Page.enable')
    await page.send('Runtime.enable')
    return page
  }

  async close(): Promise<void> {
    this.#socket.close()
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await gone
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  async goto(url: string): Promise<void> {
    await this.send('Page.navigate', { url })
  }

  /** The value of an expression in the page; a promise is awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const reply = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    const details = reply.exceptionDetails as { exception?: { description?: string }; text: string } | undefined
    if (details) throw new Error(details.exception?.description ?? details.text)
    return (reply.result as { value: T }).value
  }

  /** Resolves once the expression is true in the page, looked at with every change of it. */
  async until(expression: string): Promise<void> {
    await this.evaluate(`new Promise((resolve) => {
      const look = () => { let is = false; try { is = ${expression} } catch {} if (is) { watcher.disconnect(); resolve() } }
      const watcher = new MutationObserver(look)
      watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
      look()
    })`)
  }

  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId
    this.#socket.send(JSON.stringify({ id, method, params }))
    const reply = await new Promise<Reply>((resolve) => this.#waiting.set(id, resolve))
    if (reply.error) throw new Error(`${method}: ${reply.error.message}`)
    return reply.result ?? {}
  }

  #take(reply: Reply): void {
    if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply)
    else if (reply.method === 'Runtime.exceptionThrown')
      this.complaints.push(reply.params?.exceptionDetails?.text ?? 'exception')
    else if (reply.method === 'Runtime.consoleAPICalled' && reply.params?.type === 'error') {
      this.complaints.push(reply.params.args?.map((arg) => arg.value).join(' ') ?? '')
    }
  }
}

async function pageUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const address = /DevTools listening on ws:\/\/([^/]+)/.exec(line)?.[1]
    if (!address) continue
    const targets = (await (await fetch(`http://${address}/json/list`)).json()) as {
      type: string
      webSocketDebuggerUrl: string
    }[]
    const page = targets.find((target) => target.type === 'page')
    if (page) return page.webSocketDebuggerUrl
  }
  throw new Error('the browser ended before it listened')
}
