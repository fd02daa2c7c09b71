import { Type } from 'typebox'
import { App, AppName, AppSource } from '../../proto/http/api.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { ApiParts } from './server.ts'

const AppParams = Type.Object({ app: AppName })
const AppBody = Type.Object({ source: AppSource }, { additionalProperties: false })

export function appRoutes(server: HttpServer, { apps, desired }: ApiParts): void {
  const view = (app: { name: string; source: AppSource }): App => ({
    ...app,
    desiredReleaseId: desired.ofApp(app.name),
  })

  server.get(
    '/apps',
    { schema: { summary: 'All apps', response: { 200: Type.Array(App) } }, config: { access: 'read' } },
    async () => (await apps.list()).map(view),
  )

  server.get(
    '/apps/:app',
    { schema: { summary: 'One app', params: AppParams, response: { 200: App } }, config: { access: 'read' } },
    async ({ params }) => {
      return view({ name: params.app, source: await apps.source(params.app) })
    },
  )

  server.put(
    '/apps/:app',
    {
      schema: {
        summary: 'Register an app, or change its source',
        params: AppParams,
        body: AppBody,
        response: { 200: App },
      },
      // Whoever says where the source is says what runs.
      config: { access: 'admin', action: 'app.put' },
    },
    async ({ params, body }) => {
      await apps.put(params.app, body.source)
      return view({ name: params.app, source: body.source })
    },
  )
}
