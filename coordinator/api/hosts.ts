import { Type } from 'typebox'
import { Host, HostName } from '../../proto/http/api.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { missingHostView } from '../inventory/inventory-host.ts'
import { hostView, type KnownHost } from '../session/host-registry.ts'
import type { ApiParts } from './server.ts'

const HostParams = Type.Object({ name: HostName })

type Parts = Pick<ApiParts, 'hosts' | 'desired' | 'revocations' | 'hub' | 'inventory' | 'identity'>

export function hostRoutes(server: HttpServer, parts: Parts): void {
  const { hosts, desired, revocations, hub, inventory, identity } = parts
  const view = (host: KnownHost): Host => {
    const shown = hostView(host, (app) => desired.ofHost(app, host))
    const releases = shown.releases.map((release) => {
      const refusal = release.liveReleaseId === null ? undefined : revocations.refusal(release.liveReleaseId)
      return refusal === undefined ? release : { ...release, liveRevoked: refusal }
    })
    return { ...shown, releases, inInventory: inventory.has(host.name) }
  }
  const missing = () => inventory.hosts().filter(({ name }) => hosts.find(name) === undefined)

  server.get(
    '/hosts',
    { schema: { summary: 'All hosts', response: { 200: Type.Array(Host) } }, config: { access: 'read' } },
    async () =>
      [...hosts.all().map(view), ...missing().map(missingHostView)].sort((a, b) => (a.name < b.name ? -1 : 1)),
  )

  server.get(
    '/hosts/:name',
    { schema: { summary: 'One host', params: HostParams, response: { 200: Host } }, config: { access: 'read' } },
    async ({ params }) => {
      const absent = missing().find(({ name }) => name === params.name)
      return absent ? missingHostView(absent) : view(hosts.get(params.name))
    },
  )

  for (const [verb, drained, summary] of [
    ['drain', true, 'Leave the host out of rollouts'],
    ['undrain', false, 'Let the host take part again'],
  ] as const) {
    server.post(
      `/hosts/:name/${verb}`,
      {
        schema: { summary, params: HostParams, response: { 200: Host } },
        config: { access: 'admin', action: `host.${verb}` },
      },
      async ({ params }) => {
        await hosts.setDrained(params.name, drained)
        await hub.publish({ type: 'host.changed', host: params.name, data: { drained } })
        return view(hosts.get(params.name))
      },
    )
  }

  server.delete(
    '/hosts/:name',
    {
      schema: { summary: 'Forget a host whose agent is gone', params: HostParams },
      config: { access: 'admin', action: 'host.forget' },
    },
    async ({ params }, reply) => {
      await hosts.forget(params.name)
      // Its name is free for another machine; its certificate must not be.
      await identity?.enrolments.revoke({ kind: 'host', name: params.name }, 'forgotten').catch(unlessNone)
      await hub.publish({ type: 'host.changed', host: params.name, data: { forgotten: true } })
      return reply.status(204).send()
    },
  )
}

/** A host that had no certificate has none to lose. */
function unlessNone(error: unknown): void {
  if (!(error instanceof RookeryError) || error.code !== 'NOT_FOUND') throw error
}
