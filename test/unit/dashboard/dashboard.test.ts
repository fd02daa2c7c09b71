import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { BrowserPage, installedBrowser } from '../../support/browser.ts'
import { CoordinatorFixture, efficiency, rollout } from '../../support/coordinator-fixture.ts'

const browser = installedBrowser()
const hostile = '<img src=x onerror="document.title=1">'

describe('the dashboard', { skip: browser ? false : 'no Chromium is installed' }, () => {
  let fixture: CoordinatorFixture
  let page: BrowserPage
  before(async () => {
    fixture = new CoordinatorFixture()
    fixture.rollout = rollout({ efficiency: efficiency() })
    fixture.hosts.push({
      name: 'web-1',
      pools: ['web'],
      labels: {},
      connected: true,
      drained: false,
      lastSeenMs: Date.now(),
      agentVersion: '0.1.0',
      releases: [],
    })
    await fixture.start({ hasPages: true, token: 'token-of-the-page' })
    page = await BrowserPage.open(browser!, { width: 1200, height: 900 })
  })
  after(async () => {
    await page.close()
    await fixture.stop()
  })

  it('asks for the token, then shows hosts, counters and the newest rollout', async () => {
    await page.goto(`${fixture.url}/`)
    await page.until(`!document.querySelector('#token-form').hidden`)
    await page.evaluate(`document.querySelector('#token').value = 'token-of-the-page'`)
    await page.evaluate(`document.querySelector('#token-form').requestSubmit()`)
    await page.until(`document.querySelector('#connection').textContent === 'live'`)
    await page.until(`document.querySelector('#hosts tbody').textContent.includes('web-1')`)
    await page.until(`document.querySelector('#rollout h2').textContent === 'Rollout of hello 4f2a9c1d2e'`)
    await page.until(`document.querySelector('.counters').textContent.includes('web.requests')`)
    assert.equal(await page.evaluate(`document.querySelectorAll('.batches > li').length`), 2)
    assert.match(
      await page.evaluate<string>(`document.querySelector('#rollout .facts').textContent`),
      /distributed in 14\.4 s, 1\.05 × the least possible, 1 slow host$/,
    )
    assert.equal(await page.evaluate(`document.querySelector('.stages [aria-current]').textContent`), 'distributing')
  })

  it('takes the token of a link, keeps it for its tab, and removes it from the address', async () => {
    await page.evaluate('sessionStorage.clear()')
    await page.goto(`${fixture.url}/?again#token=token-of-the-page`)
    await page.until(`document.querySelector('#connection').textContent === 'live'`)
    assert.equal(await page.evaluate('location.href'), `${fixture.url}/?again`)
    await page.goto(`${fixture.url}/`)
    await page.until(`document.querySelector('#rollout h2').textContent === 'Rollout of hello 4f2a9c1d2e'`)
    assert.equal(await page.evaluate(`document.querySelector('#token-form').hidden`), true)
  })

  it('follows the rollout live', async () => {
    const pool = {
      hosts: 2,
      hostsFetched: 0,
      bytesDone: 1024 ** 2,
      bytesTotal: 2 * 1024 ** 2,
      bytesPerSecond: 1024 ** 2,
    }
    fixture.emit('rollout.progress', { pools: [{ pool: 'web', ...pool }] })
    await page.until(`document.querySelector('.pools').textContent.includes('1.0 MiB of 2.0 MiB · 1.0 MiB/s')`)
    fixture.changeHost('web-1', { state: 'ready', activateMs: 800 })
    await page.until(`document.querySelector('.chips').textContent.includes('web-1 ready')`)
    const failure = { code: 'HOOK_FAILED', message: hostile, phase: 'preActivate' }
    fixture.changeHost('api-1', { state: 'failed', failure })
    fixture.enter('halted', 'api-1 failed')
    await page.until(`document.querySelector('.reason').textContent === 'api-1 failed'`)
    await page.until(`document.querySelector('.failures').textContent.includes('failed in preActivate')`)
  })

  it('shows what others wrote as text, never as markup', async () => {
    fixture.log(`${hostile}\n`, { host: 'web-1', stream: 'app.stdout' })
    await page.until(`document.querySelector('#log-lines').textContent.includes('<img src=x')`)
    assert.equal(await page.evaluate(`document.querySelectorAll('main img').length`), 0)
    assert.equal(await page.evaluate('document.title'), 'Rookery')
  })

  it('comes back by itself when the coordinator was away', async () => {
    await fixture.stop()
    await page.until(`document.querySelector('#connection').dataset.state === 'lost'`)
    fixture.rollout = { ...fixture.rollout, phase: 'done', reason: null }
    await fixture.start({ hasPages: true, token: 'token-of-the-page' })
    await page.until(`document.querySelector('#connection').textContent === 'live'`)
    await page.until(`document.querySelector('.stages [aria-current]').textContent === 'done'`)
    assert.deepEqual(page.complaints, [])
  })
})
