import type {
  ApiToken,
  AuditEntry,
  AuditPage,
  AuditQuery,
  AuditVerification,
  Caller,
  CreatedToken,
  TokenRequest,
} from '../../proto/http/access.ts'
import { type ApiRequest, callApi, type Endpoint, openApi } from './http.ts'

/** Reading a chain of millions of entries takes minutes. */
const verifyTimeoutMs = 30 * 60_000

/** The part of the HTTP API that is about who may call it, and the record of who did; errors as in ApiClient. */
export class AccessClient {
  readonly endpoint: Endpoint

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  /** What the coordinator takes us for. */
  whoAmI(): Promise<Caller> {
    return this.#call({ path: '/whoami' })
  }

  listTokens(): Promise<ApiToken[]> {
    return this.#call({ path: '/tokens' })
  }

  createToken(request: TokenRequest): Promise<CreatedToken> {
    return this.#call({ method: 'POST', path: '/tokens', body: request })
  }

  revokeToken(id: string): Promise<ApiToken> {
    return this.#call({ method: 'POST', path: `/tokens/${encodeURIComponent(id)}/revoke` })
  }

  /** Newest first. */
  listAudit(query: AuditQuery): Promise<AuditPage> {
    return this.#call({ path: '/audit', query })
  }

  async findAuditEntry(number: number): Promise<AuditEntry | undefined> {
    const { entries } = await this.listAudit({ before: number + 1, limit: 1 })
    return entries.find((entry) => entry.number === number)
  }

  /** JSON lines, oldest first. */
  exportAudit(query: { readonly after?: number }): Promise<Response> {
    return openApi(this.endpoint, { path: '/audit/export', query })
  }

  verifyAudit(): Promise<AuditVerification> {
    return this.#call({ path: '/audit/verify', timeoutMs: verifyTimeoutMs })
  }

  async #call<T>(request: ApiRequest): Promise<T> {
    return (await callApi(this.endpoint, request)) as T
  }
}
