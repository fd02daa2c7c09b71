import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { webSeedsOf } from '../../../peer-agent/fetch/web-seeds.ts'
import { seededRandom } from '../../../runtime/random.ts'

const random = seededRandom(1)

describe('the web seeds of an agent', () => {
  it('are the mirrors in any order and the coordinator last, which alone gets the token', () => {
    const mirrors = ['https://a.example/', 'https://b.example/x/']
    const options = { coordinatorUrl: 'wss://coordinator.example/rookery/', coordinatorToken: 'secret', mirrors }
    const firsts = new Set<string>()
    for (let host = 0; host < 20; host++) {
      const { urls, headers } = webSeedsOf(options, 'hello-1', random)
      assert.equal(urls.at(-1), 'https://coordinator.example/rookery/api/v1/releases/hello-1/artifact')
      assert.deepEqual([...urls.slice(0, 2)].sort(), mirrors)
      assert.deepEqual(headers, { 'https://coordinator.example': { authorization: 'Bearer secret' } })
      firsts.add(urls[0]!)
    }
    assert.equal(firsts.size, 2)
  })

  it('need no token where the coordinator asks for none', () => {
    const options = { coordinatorUrl: 'http://127.0.0.1:7070', coordinatorToken: undefined, mirrors: [] }
    assert.deepEqual(webSeedsOf(options, 'hello-1', random), {
      urls: ['http://127.0.0.1:7070/api/v1/releases/hello-1/artifact'],
    })
  })
})
