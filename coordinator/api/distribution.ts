import { Type } from 'typebox'
import { LimitsRequest, LimitsRule, LimitsSelection } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiParts } from './server.ts'

const Rules = Type.Array(LimitsRule)

export function distributionRoutes(server: HttpServer, { limitRules, agentOrders }: ApiParts): void {
  server.get(
    '/distribution/limits',
    {
      schema: { summary: 'Caps of the agents’ piece exchange, the widest selection first', response: { 200: Rules } },
      config: { access: 'read' },
    },
    async () => limitRules.all(),
  )

  server.put(
    '/distribution/limits',
    {
      schema: {
        summary: 'Cap the piece exchange of all agents, or of a zone or pool; replaces what was set for just these',
        body: LimitsRequest,
        response: { 200: Rules },
      },
      config: { access: 'admin', action: 'limits.set' },
    },
    async ({ body }) => {
      await limitRules.set(body)
      agentOrders.limitsChanged()
      return limitRules.all()
    },
  )

  server.delete(
    '/distribution/limits',
    {
      schema: {
        summary: 'Take caps back; what the agents’ configurations say is left',
        querystring: LimitsSelection,
        response: { 200: Rules },
      },
      config: { access: 'admin', action: 'limits.clear' },
    },
    async ({ query }) => {
      await limitRules.clear(query)
      agentOrders.limitsChanged()
      return limitRules.all()
    },
  )
}
