import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CounterKind } from '../../../proto/session.ts'
import { CountingHost, singles } from '../../support/counting-host.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

let coordinator: WholeCoordinator
/** A minute ago, and a step of ours. */
const startMs = Math.floor((Date.now() - 60_000) / 10_000) * 10_000
const fromSeconds = startMs / 1_000
const untilSeconds = fromSeconds + 60

before(async () => {
  coordinator = await WholeCoordinator.start({ settings: { access: 'open' } })
  const hosts = ['web-1.example.com', 'web-2'].map((host) => new CountingHost({ url: coordinator.url, host }))
  await Promise.all(hosts.map((host) => host.connect()))
  await Promise.all(
    hosts.map((host, index) => {
      const { COUNTER_KIND_COUNTER: counter, COUNTER_KIND_GAUGE: gauge } = CounterKind
      return host.ship([
        ...singles(startMs, 'shop', counter, { 'web.requests': 100 * (index + 1) }),
        ...singles(startMs + 10_000, 'shop', counter, { 'web.requests': 200 }),
        ...singles(startMs, '', gauge, { 'host.load.1m': index }),
      ])
    }),
  )
  for (const host of hosts) host.disconnect()
})
after(() => coordinator.remove())

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever came
type Called = { readonly status: number; readonly body: any }

/** A call as Grafana makes it: a form, and an answer that it reads as JSON. */
async function grafana(path: string, fields: Record<string, string>, method = 'POST'): Promise<Called> {
  const form = new URLSearchParams(fields)
  const url = `${coordinator.url}/api/v1/graphite${path}`
  const response =
    method === 'POST'
      ? await fetch(url, { method, body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
      : await fetch(`${url}?${form}`)
  assert.match(response.headers.get('content-type')!, /json/)
  return { status: response.status, body: await response.json() }
}

describe('the API of counters', () => {
  it('answers with what agents shipped over their sessions', async () => {
    const query = `name=web.*&fromMs=${startMs}&toMs=${startMs + 20_000}&stepMs=10000&groupBy=host&function=sum`
    const { status, body } = await coordinator.call('GET', `/counters/query?${query}`)
    assert.equal(status, 200)
    assert.deepEqual(
      body.series.map(({ host, app, values }: Record<string, unknown>) => [host, app, values]),
      [
        ['web-1.example.com', 'shop', [100, 200]],
        ['web-2', 'shop', [200, 200]],
      ],
    )
    assert.deepEqual((await coordinator.call('GET', '/counters/names?app=')).body.names, [
      { name: 'host.load.1m', app: '', kind: 'gauge', hosts: 2 },
    ])
    const { windows } = (await coordinator.call('GET', '/counters?name=host.**')).body
    assert.deepEqual(
      windows.map(({ host, sum }: Record<string, unknown>) => [host, sum]),
      [
        ['web-1.example.com', 0],
        ['web-2', 1],
      ],
    )
  })

  it('says what is wrong with a question', async () => {
    const { status, body } = await coordinator.call('GET', '/counters/query?name=a%7B')
    assert.deepEqual([status, body.code], [400, 'REQUEST_INVALID'])
    assert.equal((await coordinator.call('GET', '/counters/query?name=a&function=magic')).status, 400)
  })

  it('shows how many there are at /metrics', async () => {
    const page = await (await fetch(`${coordinator.url}/metrics`)).text()
    assert.match(page, /^rookery_counter_series 4$/m)
    assert.match(page, /^rookery_counter_windows_total 6$/m)
  })
})

describe('the API of Graphite', () => {
  const times = { from: String(fromSeconds), until: String(untilSeconds), format: 'json', maxDataPoints: '6' }

  it('passes the test of a data source of Grafana', async () => {
    const { status, body } = await grafana('/render', { ...times, target: 'constantLine(100)' })
    assert.equal(status, 200)
    assert.deepEqual(body[0].datapoints[0], [100, fromSeconds])
    assert.deepEqual((await grafana('/version', {}, 'GET')).body, '1.1.10')
  })

  it('lets Grafana walk the tree', async () => {
    const find = async (query: string) =>
      (await grafana('/metrics/find', { query, from: times.from, until: times.until })).body
    assert.deepEqual(await find('hosts.*'), [
      {
        text: 'web-1_example_com',
        id: 'hosts.web-1_example_com',
        leaf: 0,
        expandable: 1,
        allowChildren: 1,
        context: {},
      },
      { text: 'web-2', id: 'hosts.web-2', leaf: 0, expandable: 1, allowChildren: 1, context: {} },
    ])
    assert.deepEqual(
      (await find('fleet.shop.web.*')).map(({ id, leaf }: Record<string, unknown>) => [id, leaf]),
      [['fleet.shop.web.requests', 1]],
    )
    const { body } = await grafana('/metrics/expand', { query: 'pools.*.*' }, 'GET')
    assert.deepEqual(body, { results: ['pools.web.-', 'pools.web.shop'] })
  })

  it('renders targets for Grafana', async () => {
    const fields = new URLSearchParams(Object.entries(times))
    fields.append('target', 'aliasByNode(hosts.*.shop.web.requests, 1)')
    fields.append('target', 'alias(sumSeries(hosts.*.shop.web.requests), "all")')
    const response = await fetch(`${coordinator.url}/api/v1/graphite/render`, { method: 'POST', body: fields })
    const body = (await response.json()) as { target: string; datapoints: [number | null, number][] }[]
    assert.deepEqual(
      body.map(({ target, datapoints }) => [target, datapoints.slice(0, 3)]),
      [
        ['web-1_example_com', points(10, 20, null)],
        ['web-2', points(20, 20, null)],
        ['all', points(30, 40, null)],
      ],
    )
  })

  it('tells Grafana its functions, and rollouts as annotations', async () => {
    const { body } = await grafana('/functions', {}, 'GET')
    assert.deepEqual(body.scale.params, [
      { name: 'seriesList', type: 'seriesList', required: true },
      { name: 'factor', type: 'float', required: true },
    ])
    assert.deepEqual((await grafana('/events/get_data', { from: '-1h', until: 'now', tags: 'deploy' }, 'GET')).body, [])
  })

  it('refuses what it does not understand, in words', async () => {
    const { status, body } = await grafana('/render', { ...times, target: 'holtWintersForecast(a)' })
    assert.equal(status, 400)
    assert.match(body.detail, /there is no function holtWintersForecast/)
    assert.equal((await grafana('/render', { ...times, format: 'png' })).status, 400)
  })
})

function points(...values: (number | null)[]): [number | null, number][] {
  return values.map((value, index) => [value, fromSeconds + 10 * index])
}
