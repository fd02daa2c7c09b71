import { Type } from 'typebox'
import {
  FleetCheck,
  FleetCheckRequest,
  FleetQuery,
  FleetRepair,
  FleetRepairRequest,
  FleetReport,
  ServiceReport,
} from '../../proto/http/fleet.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import { recordedBy } from '../access/principal.ts'
import type { AppsOf } from '../access/route-access.ts'
import type { ApiParts } from './server.ts'

/** To look is everybody's; to have every host read its files is not. */
const readingFiles: AppsOf = ({ body }) => ((body as FleetCheckRequest).digests ? 'all' : [])

/** Where hosts differ from what they should be. */
export function fleetRoutes(server: HttpServer, { reconciliation }: Pick<ApiParts, 'reconciliation'>): void {
  server.get(
    '/fleet/differences',
    {
      schema: {
        summary: 'Where hosts differ from what they should be, as of the last sweep',
        querystring: FleetQuery,
        response: { 200: FleetReport },
      },
      config: { access: 'read' },
    },
    async ({ query }) => reconciliation.report(query.fresh ?? false),
  )

  server.get(
    '/fleet/services',
    {
      schema: { summary: 'The coordinator, and how it meets tracker and seeder', response: { 200: ServiceReport } },
      config: { access: 'read' },
    },
    async () => reconciliation.services(),
  )

  server.post(
    '/fleet/check',
    {
      schema: {
        summary: 'Compare hosts with what they should be now, their files too if asked for; answers when all is read',
        body: FleetCheckRequest,
        response: { 200: FleetCheck },
      },
      config: { access: { least: 'viewer', apps: readingFiles }, action: 'fleet.check' },
    },
    async ({ body }) => reconciliation.check(body),
  )

  server.post(
    '/fleet/repair',
    {
      schema: {
        summary: 'Begin to repair what can be; answers with what was begun for each difference',
        body: FleetRepairRequest,
        response: { 200: Type.Array(FleetRepair) },
      },
      config: { access: 'admin', action: 'fleet.repair' },
    },
    async ({ body, principal }) => reconciliation.repair({ ...body, by: recordedBy(principal, body.by) }),
  )
}
