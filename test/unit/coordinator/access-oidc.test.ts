import assert from 'node:assert/strict'
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { JWTPayload } from 'jose'
import { claimAt, grantOf } from '../../../coordinator/access/oidc-grant.ts'
import { makeSigningKey, OidcIssuer } from '../../support/oidc-issuer.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

const roles = [
  { value: 'sre', role: 'admin' },
  { value: 'shop-team', role: 'deployer', apps: ['shop'] },
  { value: 'web-team', role: 'deployer', apps: ['hello', 'shop'] },
  { value: 'staff', role: 'viewer' },
] as const

const seconds = () => Math.floor(Date.now() / 1000)
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('tokens of an OIDC issuer', () => {
  let issuer: OidcIssuer
  let coordinator: WholeCoordinator
  before(async () => {
    issuer = await OidcIssuer.start()
    const oidc = { issuer: issuer.url, audience: 'rookery', roles }
    const limits = { failedLoginsPerMinute: 10_000 }
    coordinator = await WholeCoordinator.start({ settings: { oidc, limits } })
  })
  after(async () => {
    await coordinator.remove()
    await issuer.stop()
  })

  const whoAmI = (token: string) => coordinator.call('GET', '/whoami', { token })
  const refused = async (token: string, what: string) => {
    const { status, body } = await whoAmI(token)
    assert.deepEqual([status, body.code], [401, 'UNAUTHORIZED'], `${what}: ${JSON.stringify(body)}`)
    assert.ok(!body.detail.includes(issuer.url), body.detail)
    return body.detail as string
  }

  it('let in whom they name, with the roles of the configuration', async () => {
    const { body } = await whoAmI(
      await issuer.token({ roles: ['staff', 'shop-team', 'web-team'], preferred_username: 'Ann' }),
    )
    const { principal, name, role, apps } = body
    assert.deepEqual([principal, name, role, apps], ['oidc:ann', 'Ann', 'deployer', ['shop', 'hello']])
    assert.equal((await whoAmI(await issuer.token({ roles: 'sre' }))).body.role, 'admin')
    const viewer = await issuer.token({ roles: ['staff'] })
    const write = await coordinator.call('POST', '/releases', { body: { app: 'hello' }, token: viewer })
    assert.deepEqual([write.status, write.body.code], [403, 'FORBIDDEN'])
    const held = await coordinator.call('POST', '/locks', {
      body: { app: 'hello', reason: 'x', by: 'me' },
      token: await issuer.token({ roles: ['web-team'] }),
    })
    assert.equal(held.body.by, 'me via oidc:ann')
    const { body: audit } = await coordinator.call('GET', '/audit?principal=oidc:ann')
    assert.deepEqual(
      audit.entries.map(({ action, result }: { action: string; result: string }) => [action, result]),
      [
        ['lock.hold', 'ok'],
        ['release.build', 'FORBIDDEN'],
      ],
    )
  })

  it('are signed by curves, too', async () => {
    for (const alg of ['ES256', 'EdDSA', 'PS256']) {
      const key = await makeSigningKey(alg, alg)
      const other = await OidcIssuer.start()
      other.keys = [key]
      const oidc = { issuer: other.url, audience: 'rookery', roles }
      const second = await WholeCoordinator.start({ settings: { oidc } })
      const token = await other.token({ roles: ['sre'] })
      assert.equal((await second.call('GET', '/whoami', { token })).body.role, 'admin', alg)
      await second.remove()
      await other.stop()
    }
  })

  it('without a role here open nothing', async () => {
    for (const claim of [undefined, [], ['SRE'], 'sre ', { sre: true }, 17, [['sre']]]) {
      const { status, body } = await whoAmI(await issuer.token({ roles: claim } as JWTPayload))
      assert.deepEqual([status, body.code], [403, 'FORBIDDEN'], JSON.stringify(claim))
    }
  })

  it('are refused when they are for others, of others, too old or too young', async () => {
    const wrong: [string, JWTPayload][] = [
      ['another audience', { aud: 'payroll' }],
      ['no audience', { aud: undefined }],
      ['another issuer', { iss: 'https://evil.example.org' }],
      ['our issuer with a slash', { iss: `${issuer.url}/` }],
      ['no issuer', { iss: undefined }],
      ['no end', { exp: undefined }],
      ['not yet', { nbf: seconds() + 120 }],
      ['no subject', { sub: undefined }],
      ['a subject with a line break', { sub: 'ann\nadmin' }],
      ['an empty subject', { sub: '' }],
    ]
    for (const [what, changes] of wrong) await refused(await issuer.token({ roles: ['sre'], ...changes }), what)
    const detail = await refused(await issuer.token({ roles: ['sre'], exp: seconds() - 60 }), 'expired')
    assert.equal(detail, 'the token has expired')
    assert.equal((await whoAmI(await issuer.token({ roles: ['sre'], aud: ['payroll', 'rookery'] }))).status, 200)
  })

  it('are refused when they are forged', async () => {
    const good = await issuer.token({ roles: ['staff'] })
    const [header, , signature] = good.split('.') as [string, string, string]
    const claims = { iss: issuer.url, aud: 'rookery', sub: 'eve', exp: seconds() + 300, roles: ['sre'] }
    const mallory = await makeSigningKey('first')
    const publicKey = createPublicKey({ key: issuer.keys[0]!.publicJwk as JsonWebKey, format: 'jwk' })
    const publicPem = String(publicKey.export({ type: 'spki', format: 'pem' }))
    const hmac = (secret: string) => {
      const text = `${base64({ alg: 'HS256', kid: 'first' })}.${base64(claims)}`
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
    }
    const forged: [string, string][] = [
      ['other claims under a good signature', `${header}.${base64(claims)}.${signature}`],
      ['alg none', `${base64({ alg: 'none' })}.${base64(claims)}.`],
      ['alg None with a signature', `${base64({ alg: 'None', kid: 'first' })}.${base64(claims)}.${signature}`],
      ['no signature', `${header}.${base64(claims)}.`],
      ['another key of the same name', await issuer.token({ roles: ['sre'] }, mallory)],
      ['an unknown key', await issuer.token({ roles: ['sre'] }, await makeSigningKey('unknown'))],
      ['HS256 over the public key', hmac(publicPem)],
      ['HS256 over the key as JSON', hmac(JSON.stringify(issuer.keys[0]!.publicJwk))],
      ['its own key in its header', await issuer.token({ roles: ['sre'] }, mallory, { jwk: mallory.publicJwk })],
      [
        'a place of its own for keys',
        await issuer.token({ roles: ['sre'] }, mallory, { jku: 'http://127.0.0.1:1/keys' }),
      ],
      ['only two parts', `${header}.${base64(claims)}`],
      ['five parts', `${good}.${header}.${signature}`],
      ['not base64', '!!!.???.***'],
      ['claims that are no object', `${header}.${Buffer.from('[]').toString('base64url')}.${signature}`],
    ]
    for (const [what, token] of forged) await refused(token, what)
    assert.equal((await whoAmI(good)).status, 200)
  })

  it('are taken of a new key soon, and unknown keys do not have the issuer asked at every call', async () => {
    const before = issuer.keysAsked
    for (let index = 0; index < 20; index++)
      await refused(
        await issuer.token({ roles: ['sre'] }, await makeSigningKey(`k${index}`, 'ES256')),
        'an unknown key',
      )
    assert.ok(issuer.keysAsked - before <= 1, `asked ${issuer.keysAsked - before} times`)
  })

  it('work beside API tokens', async () => {
    assert.equal((await whoAmI(coordinator.adminToken)).body.role, 'admin')
    assert.equal((await whoAmI(`rk_0000000000_${'A'.repeat(43)}`)).status, 401)
  })
})

describe('an OIDC issuer that is away', () => {
  it('lets nobody in and says that it is not their fault, until it is back', async () => {
    const issuer = await OidcIssuer.start()
    const oidc = { issuer: issuer.url, audience: 'rookery', roles }
    const coordinator = await WholeCoordinator.start({ settings: { oidc } })
    const token = await issuer.token({ roles: ['sre'] })
    await issuer.stop()
    const away = await coordinator.call('GET', '/hosts', { token })
    assert.deepEqual([away.status, away.body.code, away.body.retryable], [503, 'UNAVAILABLE', true])
    assert.equal((await coordinator.call('GET', '/hosts')).status, 200)
    await issuer.listen()
    const untilMs = performance.now() + 10_000
    let status = 0
    while (status !== 200 && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      status = (await coordinator.call('GET', '/hosts', { token })).status
    }
    assert.equal(status, 200)
    // Known keys go on working for a while when it goes away again.
    await issuer.stop()
    assert.equal(
      (await coordinator.call('GET', '/hosts', { token: await issuer.token({ roles: ['staff'] }) })).status,
      200,
    )
    await coordinator.remove()
  })

  it('is not believed when it calls itself by another name, or its keys are elsewhere in clear', async () => {
    for (const document of [
      { issuer: 'https://other.example.org' },
      { jwks_uri: 'http://keys.example.org/' },
      { jwks_uri: undefined },
    ]) {
      const issuer = await OidcIssuer.start()
      issuer.document = document
      const coordinator = await WholeCoordinator.start({
        settings: { oidc: { issuer: issuer.url, audience: 'rookery', roles } },
      })
      const { status } = await coordinator.call('GET', '/hosts', { token: await issuer.token({ roles: ['sre'] }) })
      assert.equal(status, 503, JSON.stringify(document))
      await coordinator.remove()
      await issuer.stop()
    }
  })
})

describe('the OIDC configuration', () => {
  it('is refused where it would let in the wrong ones', async () => {
    const good = { issuer: 'https://id.example.org', audience: 'rookery', roles }
    for (const [wrong, message] of [
      [{ ...good, issuer: 'http://id.example.org' }, /no https URL/],
      [{ ...good, issuer: 'http://127.example.org' }, /no https URL/],
      [{ ...good, roles: [{ value: 'x', role: 'deployer' }] }, /oidc\.roles\[0\]: a deployer needs apps/],
      [{ ...good, roles: [{ value: 'x', role: 'admin', apps: ['hello'] }] }, /apps are for deployers/],
      [{ ...good, audience: undefined }, /audience/],
      [{ ...good, roles: [] }, /roles/],
    ] as const) {
      await assert.rejects(WholeCoordinator.start({ settings: { oidc: wrong } }), { code: 'CONFIG_INVALID', message })
    }
  })

  it('finds a claim by its name, or by the way to it', () => {
    const config = {
      issuer: '',
      audience: '',
      nameClaim: 'sub',
      roles: [...roles].map((rule) => ({ ...rule, apps: undefined })),
    }
    const claims = { 'https://rookery/roles': ['sre'], realm_access: { roles: ['staff'] } }
    assert.equal(grantOf(claims, { ...config, rolesClaim: 'https://rookery/roles' })?.role, 'admin')
    assert.equal(grantOf(claims, { ...config, rolesClaim: 'realm_access.roles' })?.role, 'viewer')
    assert.equal(grantOf(claims, { ...config, rolesClaim: 'realm_access.constructor.name' }), undefined)
    assert.equal(claimAt(claims, '__proto__'), undefined)
  })
})
