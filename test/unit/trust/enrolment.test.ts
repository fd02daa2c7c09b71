import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../../runtime/clock.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { enrol, renew } from '../../../trust/enrolment.ts'
import { httpsJson } from '../../../trust/https-json.ts'
import { identityOf, identityUri, serialOf } from '../../../trust/identity.ts'
import { formatJoinToken, parseJoinToken } from '../../../trust/join-token.ts'
import { createSigningRequest } from '../../../trust/signing-request.ts'
import { FleetFixture, host, seeder } from '../../support/fleet-fixture.ts'

const fleet = new FleetFixture()
const other = new FleetFixture()
before(async () => {
  await fleet.start()
  await other.start()
})
after(async () => {
  await fleet.stop()
  await other.stop()
})

const code = (wanted: string) => (error: unknown) => error instanceof RookeryError && error.code === wanted

/** The request as a client sends it that may be told anything. */
async function post(path: string, body: unknown, tls: object = {}): Promise<unknown> {
  const all = { rejectUnauthorized: false, ...tls }
  return httpsJson({ method: 'POST', url: new URL(path, fleet.url), body, tls: all })
}

describe('joining a fleet', () => {
  it('gives a host a certificate that says who it is, for its own key', async () => {
    const identity = await fleet.identity(host('web-1'))
    assert.deepEqual(identityOf(identity.certificate), host('web-1'))
    assert.match(identity.certificate.subjectAltName!, /DNS:\*/)
    assert.equal(identity.certificate.ca, false)
    const days = (identity.certificate.validToDate.getTime() - Date.now()) / 86_400_000
    assert.ok(days > 6.9 && days <= 7)
    assert.equal(identity.refuse(identity.certificate), undefined)
    assert.deepEqual(fleet.actions.at(-1), {
      ...{ principal: fleet.actions.at(-1)!.principal, action: 'identity.enrol', from: '127.0.0.1', result: 'ok' },
      target: 'spiffe://rookery/host/web-1',
    })
  })

  it('uses a token up: replayed, it lets nobody else in', async () => {
    const token = parseJoinToken(await fleet.token())
    await enrol(fleet.url, token, host('once-1'), systemClock)
    await assert.rejects(enrol(fleet.url, token, host('once-2'), systemClock), code('IDENTITY_INVALID'))
    assert.equal(fleet.actions.at(-1)!.result, 'IDENTITY_INVALID')
  })

  it('answers the very same request again, whose answer may have been lost', async () => {
    const { id: tokenId, secret } = parseJoinToken(await fleet.token())
    const { request: signingRequest } = await createSigningRequest(host('again-1'))
    const body = { tokenId, secret, identity: identityUri(host('again-1')), signingRequest }
    await post('/api/v1/enrol', body)
    await post('/api/v1/enrol', body)
    const used = (await fleet.parts.joinTokens.all()).find(({ id }) => id === tokenId)
    assert.equal(used?.uses, 1)
  })

  it('never takes a token more often than it counts, however many come at once', async () => {
    const token = parseJoinToken(await fleet.token({ pools: '*', uses: 3 }))
    const names = Array.from({ length: 8 }, (_, index) => host(`many-${index}`))
    const results = await Promise.allSettled(names.map((name) => enrol(fleet.url, token, name, systemClock)))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3)
  })

  it('gives nobody a name that somebody has, until that one is revoked', async () => {
    const first = await fleet.identity(host('taken'))
    await assert.rejects(fleet.enrol(host('taken')), code('CONFLICT'))
    await fleet.parts.enrolments.revoke(host('taken'), 'stolen')
    const second = await fleet.identity(host('taken'))
    assert.notEqual(serialOf(second.certificate), serialOf(first.certificate))
    assert.ok(second.bundle.revokedSerials.includes(serialOf(first.certificate)))
    assert.equal(second.refuse(first.certificate), 'its certificate is revoked')
  })

  it('refuses unknown, wrong, expired and revoked tokens alike, and tokens for others', async () => {
    const good = parseJoinToken(await fleet.token())
    const secret = randomBytes(32).toString('base64url')
    const revoked = parseJoinToken(await fleet.token())
    await fleet.parts.joinTokens.revoke(revoked.id)
    const short = parseJoinToken(await fleet.token({ pools: '*', expiresInMs: 1_000 }))
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    for (const token of [{ ...good, secret }, { ...good, id: 'abcdefabcdef' }, revoked, short])
      await assert.rejects(enrol(fleet.url, token, host('bad'), systemClock), code('IDENTITY_INVALID'))
    await assert.rejects(fleet.enrol(seeder, { pools: '*' }), code('IDENTITY_INVALID'))
    await assert.rejects(fleet.enrol(host('bad'), { service: 'seeder' }), code('IDENTITY_INVALID'))
    const coordinator = { kind: 'service', name: 'coordinator' } as const
    await assert.rejects(fleet.enrol(coordinator, { service: 'seeder' }), code('IDENTITY_INVALID'))
  })

  it('sends a token to no coordinator but the one that made it', async () => {
    const token = parseJoinToken(await fleet.token())
    await assert.rejects(enrol(other.url, token, host('web-9'), systemClock), /its authority is another one/)
    assert.deepEqual(other.actions, [])
    const swapped = { ...token, authorityFingerprint: parseJoinToken(await other.token()).authorityFingerprint }
    await assert.rejects(enrol(fleet.url, swapped, host('web-9'), systemClock), code('IDENTITY_INVALID'))
  })

  it('refuses signing requests that are none, altered, or of a weak key, and names that are none', async () => {
    const { id: tokenId, secret } = parseJoinToken(await fleet.token())
    const { request } = await createSigningRequest(host('csr-1'))
    const altered = request.replace(/[A-Za-z0-9](?=[^\n]*\n-----END)/, (letter) => (letter === 'A' ? 'B' : 'A'))
    const identity = identityUri(host('csr-1'))
    for (const signingRequest of [
      altered,
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
    ])
      await assert.rejects(
        post('/api/v1/enrol', { tokenId, secret, identity, signingRequest }),
        code('IDENTITY_INVALID'),
      )
    for (const name of [
      'spiffe://rookery/host/',
      'spiffe://rookery/host/a/b',
      'spiffe://rookery/root/x',
      'host:web-1',
      '',
    ]) {
      const body = { tokenId, secret, identity: name, signingRequest: request }
      await assert.rejects(post('/api/v1/enrol', body), code('IDENTITY_INVALID'))
    }
    const body = { tokenId, secret, identity, signingRequest: 'nonsense' }
    await assert.rejects(post('/api/v1/enrol', body), code('REQUEST_INVALID'))
  })

  it('says in no error and keeps in no table what the secret was', async () => {
    const text = await fleet.token()
    const { secret } = parseJoinToken(text)
    const rows = await fleet.database.selectFrom('join_token').selectAll().execute()
    assert.ok(!JSON.stringify(rows).includes(secret))
    assert.throws(
      () => parseJoinToken(`${text}x`),
      (error) => error instanceof RookeryError && !error.message.includes(secret),
    )
    assert.equal(formatJoinToken(parseJoinToken(text)), text)
  })
})

describe('renewing', () => {
  it('certifies a new key for who the connection is of, and nobody else', async () => {
    const identity = await fleet.identity(host('renew-1'))
    const { credentials } = await renew(fleet.url, identity, host('renew-1'))
    assert.notEqual(credentials.key, identity.current.key)
    identity.replaceCredentials(credentials)
    assert.deepEqual(identityOf(identity.certificate), host('renew-1'))
    // Another's name in the request changes nothing: what is certified is the connection's identity.
    const { request: signingRequest } = await createSigningRequest(host('victim'))
    const answer = (await post('/api/v1/renew', { signingRequest }, identity.secureContext)) as { certificate: string }
    const { X509Certificate } = await import('node:crypto')
    assert.deepEqual(identityOf(new X509Certificate(answer.certificate)), host('renew-1'))
  })

  it('is refused without a certificate, with one of another fleet, and with a revoked one', async () => {
    const { request: signingRequest } = await createSigningRequest(host('renew-2'))
    await assert.rejects(post('/api/v1/renew', { signingRequest }), code('UNAUTHORIZED'))
    const foreign = await other.identity(host('renew-2'))
    await assert.rejects(post('/api/v1/renew', { signingRequest }, foreign.secureContext), code('UNAUTHORIZED'))
    const revoked = await fleet.identity(host('renew-2'))
    await fleet.parts.enrolments.revoke(host('renew-2'), '')
    await assert.rejects(
      post('/api/v1/renew', { signingRequest }, { ...revoked.secureContext, rejectUnauthorized: false }),
      code('UNAUTHORIZED'),
    )
  })

  it('leaves nothing that counts to who is revoked while he renews', async () => {
    const identity = await fleet.identity(host('racer'))
    const { request } = await createSigningRequest(host('racer'))
    const { enrolments, certificates } = fleet.parts
    const renewals = Array.from({ length: 100 }, () => enrolments.renew(host('racer'), identity.certificate, request))
    const ended = Promise.allSettled(renewals)
    await Promise.race(renewals)
    await enrolments.revoke(host('racer'), 'in the middle of it')
    await ended
    assert.deepEqual(await certificates.liveKeys(host('racer')), [])
    await assert.rejects(enrolments.renew(host('racer'), identity.certificate, request), /its certificate is revoked/)
  })
})
