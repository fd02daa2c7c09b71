import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { webSeedsOf } from '../../../peer-agent/fetch/web-seeds.ts'
import { seededRandom } from '../../../runtime/random.ts'

const random = seededRandom(1)

describe('the web seeds of an agent', () => {
  it('are the mirrors in any order and the coordinator last, to which alone the certificate is shown', async () => {
    const asked: string[] = []
    const coordinatorFetch: typeof fetch = async (url) => {
      asked.push(String(url))
      return new Response()
    }
    const mirrors = ['https://a.example/', 'https://b.example/x/']
    const options = { coordinatorUrl: 'wss://coordinator.example/rookery/', coordinatorFetch, mirrors }
    const firsts = new Set<string>()
    for (let host = 0; host < 20; host++) {
      const { urls, fetch: chosen } = webSeedsOf(options, 'hello-1', random)
      assert.equal(urls.at(-1), 'https://coordinator.example/rookery/api/v1/releases/hello-1/artifact')
      assert.deepEqual([...urls.slice(0, 2)].sort(), mirrors)
      await chosen!(urls.at(-1)!)
      await chosen!('data:,mirror')
      firsts.add(urls[0]!)
    }
    assert.equal(firsts.size, 2)
    assert.deepEqual(new Set(asked), new Set(['https://coordinator.example/rookery/api/v1/releases/hello-1/artifact']))
  })

  it('need no certificate in a trial on one machine', () => {
    const options = { coordinatorUrl: 'http://127.0.0.1:7070', coordinatorFetch: undefined, mirrors: [] }
    assert.deepEqual(webSeedsOf(options, 'hello-1', random), {
      urls: ['http://127.0.0.1:7070/api/v1/releases/hello-1/artifact'],
    })
  })
})
