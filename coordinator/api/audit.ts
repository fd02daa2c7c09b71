import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { AuditPage, AuditQuery, AuditVerification } from '../../proto/http/access.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { AuditLog } from '../audit/audit-log.ts'

const ExportQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Only entries behind this number; all without it, as a check needs them',
      }),
    ),
  },
  { additionalProperties: false },
)

/** The record of who did what. */
export function auditRoutes(server: HttpServer, { audit }: { readonly audit: AuditLog }): void {
  server.get(
    '/audit',
    {
      schema: { summary: 'Audit log, newest first', querystring: AuditQuery, response: { 200: AuditPage } },
      config: { access: 'admin' },
    },
    async ({ query }) => audit.list(query),
  )

  server.get(
    '/audit/export',
    {
      schema: { summary: 'The audit log as JSON lines, oldest first', querystring: ExportQuery },
      config: { access: 'admin', isStream: true },
    },
    async ({ query }, reply) => reply.type('application/x-ndjson').send(Readable.from(lines(audit, query.after ?? 0))),
  )

  server.get(
    '/audit/verify',
    {
      schema: { summary: 'Compute every hash of the audit log again', response: { 200: AuditVerification } },
      config: { access: 'admin' },
    },
    async () => audit.verify(),
  )
}

async function* lines(audit: AuditLog, after: number): AsyncGenerator<string> {
  for await (const entries of audit.after(after)) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}
