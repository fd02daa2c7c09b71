import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseHostList } from '../../../planning/host-list.ts'
import { completePolicy } from '../../../planning/policy.ts'
import { parsePolicy } from '../../../planning/policy-document.ts'

const known = { zone: null, liveReleaseId: null, ready: true, excluded: null }

describe('host list', () => {
  it('reads a list of hosts with what is known of them', () => {
    const text = `
- { name: web-1, pool: web }
- name: both
  pools: [api, web]
  zone: eu-1
  ready: false
  live: r1
  drained: true
`
    assert.deepEqual(parseHostList(text, 'fleet.yml'), [
      { name: 'web-1', pools: ['web'], ...known },
      { name: 'both', pools: ['api', 'web'], zone: 'eu-1', liveReleaseId: 'r1', ready: false, excluded: 'is drained' },
    ])
  })

  it('reads a mapping of pools to names, where a host may stand in several', () => {
    assert.deepEqual(parseHostList('web: [a, b]\napi: [b]\n', 'fleet.yml'), [
      { name: 'a', pools: ['web'], ...known },
      { name: 'b', pools: ['web', 'api'], ...known },
    ])
  })

  it('reads the same from JSON', () => {
    const hosts = [
      { name: 'a', pools: ['web'] },
      { name: 'b', pool: 'api', zone: 'z' },
    ]
    const [a, b] = parseHostList(JSON.stringify(hosts, null, '\t'), 'fleet.json')
    assert.deepEqual(a, { name: 'a', pools: ['web'], ...known })
    assert.deepEqual(b, { name: 'b', pools: ['api'], ...known, zone: 'z' })
    assert.deepEqual(parseHostList('[]', 'fleet.json'), [])
  })

  it('says with line and column what is wrong', () => {
    for (const [text, message] of [
      ['- { name: a, pool: web }\n- { name: a, pool: api }', /^fleet:2:11: 1\.name: a is listed twice$/],
      ['web: [a, b, a]', /^fleet:1:13: web\.2: a is listed twice$/],
      ['- { name: a }', /^fleet:1:3: 0: needs pool or pools$/],
      ['- { name: a, pool: web, pools: [web] }', /^fleet:1:3: 0: has both pool and pools; give one$/],
      ['- { name: a, pools: [] }', /^fleet:1:21: 0\.pools: must NOT have fewer than 1 items$/],
      ['- { name: a, pool: web, drainde: true }', /^fleet:1:25: 0\.drainde: unknown key$/],
      ['- { name: "a b", pool: web }', /^fleet:1:11: 0\.name: must match pattern/],
      ['- a\n- b', /^fleet:1:3: 0: must be object\nfleet:2:3: 1: must be object$/],
      ['web: a', /^fleet:1:6: web: must be array$/],
      ['just text', /^fleet:1:1: must be object$/],
      ['- { name: a, pool: web', /^fleet:1:23: /],
    ] as const) {
      assert.throws(() => parseHostList(text, 'fleet'), { code: 'CONFIG_INVALID', message }, text)
    }
  })
})

describe('policy document', () => {
  it('takes the rollout part of a rookery.yml, whatever else is in it', () => {
    const whole = 'app: hello\ndeploy: { nonsense: 1 }\nrollout:\n  order: zone\n'
    assert.deepEqual(parsePolicy(whole, 'rookery.yml'), { ...completePolicy({}), order: 'zone' })
    assert.deepEqual(parsePolicy('app: hello\n', 'rookery.yml'), completePolicy({}))
  })

  it('takes a policy alone', () => {
    assert.deepEqual(parsePolicy('order: zone\n', 'policy.yml'), { ...completePolicy({}), order: 'zone' })
    assert.deepEqual(parsePolicy('', 'policy.yml'), completePolicy({}))
  })

  it('says with line and column what is wrong', () => {
    for (const [text, message] of [
      ['order: zones', /^p:1:8: order: must be one of spread, rollingpin, zone, list$/],
      ['app: a\nrollout:\n  stpes: ["1%"]', /^p:3:3: rollout\.stpes: unknown key$/],
      ['rollout: { steps: ["0%"] }', /^p:1:20: rollout\.steps\.0: must match pattern/],
      ['- a', /^p:1:1: must be object$/],
    ] as const) {
      assert.throws(() => parsePolicy(text, 'p'), { code: 'APP_CONFIG_INVALID', message }, text)
    }
  })
})
