import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export async function makeSigningKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** An OpenID Connect issuer on loopback: discovery and keys over real HTTP, and tokens signed with real keys. */
export class OidcIssuer {
  keys: readonly SigningKey[]
  /** How often its keys were fetched. */
  keysAsked = 0
  /** Changes to what discovery answers. */
  document: Record<string, unknown> = {}
  #server: Server | undefined
  #port = 0

  private constructor(keys: readonly SigningKey[]) {
    this.keys = keys
  }

  static async start(): Promise<OidcIssuer> {
    const issuer = new OidcIssuer([await makeSigningKey('first')])
    await issuer.listen()
    return issuer
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The second time on the same port, as one that comes back. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const isDiscovery = request.url === '/.well-known/openid-configuration'
      if (!isDiscovery && request.url !== '/keys') return void response.writeHead(404).end()
      if (!isDiscovery) this.keysAsked++
      const discovery = { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.document }
      const body = isDiscovery ? discovery : { keys: this.keys.map(({ publicJwk }) => publicJwk) }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }

  /** A token as it should be, with changes; a claim that is undefined is left out. */
  async token(
    changes: JWTPayload = {},
    key: SigningKey = this.keys[0]!,
    header: Record<string, unknown> = {},
  ): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1000)
    const claims = { iss: this.url, aud: 'rookery', sub: 'ann', iat: nowSeconds, exp: nowSeconds + 300, ...changes }
    const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
    return new SignJWT(given).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
  }
}
