import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ClientRequest } from 'node:http'
import { request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { systemClock } from '../../../runtime/clock.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { enrol, renew } from '../../../trust/enrolment.ts'
import { parseJoinToken } from '../../../trust/join-token.ts'
import type { TlsIdentity } from '../../../trust/tls-identity.ts'
import { eventually } from '../../support/eventually.ts'
import { FleetFixture, host } from '../../support/fleet-fixture.ts'

const fleet = new FleetFixture()
before(() => fleet.start())
after(() => fleet.stop())

const code = (wanted: string) => (error: unknown) => error instanceof RookeryError && error.code === wanted

/** An open connection of a host that has asked something and may ask more. */
async function known(identity: TlsIdentity): Promise<Socket> {
  const call: ClientRequest = request(new URL('/api/v1/releases/x-20260101-000000-00000000/artifact', fleet.url), {
    ...{ ...identity.secureContext, rejectUnauthorized: false },
    headers: { connection: 'keep-alive' },
  })
  const answered = once(call, 'response')
  call.end()
  const [response] = await answered
  assert.equal(response.resume().statusCode, 404)
  return call.socket!
}

describe('limits of the fleet port', () => {
  it('answers guesses at join tokens ever less, records no flood of them, and lets good ones in all the time', async () => {
    const token = parseJoinToken(await fleet.token({ pools: '*', uses: 2 }))
    const wrong = { ...token, id: 'abcdefabcdef' }
    const guesses = Array.from({ length: 75 }, () => enrol(fleet.url, wrong, host('guesser'), systemClock))
    const codes = (await Promise.allSettled(guesses)).map((result) => (result as PromiseRejectedResult).reason.code)
    assert.equal(codes.filter((each) => each === 'IDENTITY_INVALID').length, 60)
    assert.equal(codes.filter((each) => each === 'RATE_LIMITED').length, 15)
    assert.equal(fleet.actions.length, 60)
    await enrol(fleet.url, token, host('honest-1'), systemClock)
    assert.equal(fleet.actions.at(-1)?.result, 'ok')
  })

  it('certifies no host anew again and again', async () => {
    const identity = await fleet.identity(host('busy'))
    for (let done = 0; done < 20; done++) await renew(fleet.url, identity, host('busy'))
    await assert.rejects(renew(fleet.url, identity, host('busy')), code('RATE_LIMITED'))
    await renew(fleet.url, await fleet.identity(host('calm')), host('calm'))
  })

  it('keeps its places for hosts while half handshakes and idle strangers come by the thousand', async () => {
    const inside = await known(await fleet.identity(host('inside')))
    const { port } = fleet.url
    const strangers: Socket[] = []
    for (let address = 2; address < 8; address++)
      for (let number = 0; number < 400; number++)
        strangers.push(connect({ host: '127.0.0.1', port: Number(port), localAddress: `127.0.0.${address}` }))
    for (let number = 0; number < 50; number++)
      strangers.push(connectTls({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }))
    for (const stranger of strangers) stranger.on('error', () => {})
    await eventually('they are connected', () => strangers.every(({ readyState }) => readyState !== 'opening'), 20_000)
    const newcomer = await known(await fleet.identity(host('newcomer')))
    assert.equal(inside.destroyed, false)
    for (const stranger of [...strangers, inside, newcomer]) stranger.destroy()
  })

  it('turns away who knocks too often, and nobody else', async () => {
    const { port } = fleet.url
    const from = (localAddress: string) =>
      connect({ host: '127.0.0.1', port: Number(port), localAddress })
        .resume()
        .on('error', () => {})
    const many: Socket[] = []
    // Fewer at once than wait to be accepted.
    for (let batch = 0; batch < 21; batch++) {
      const some = Array.from({ length: 100 }, () => from('127.0.0.9'))
      await Promise.all(some.map((one) => Promise.race([once(one, 'connect'), once(one, 'close')])))
      many.push(...some)
    }
    await eventually('some are turned away', () => many.filter(({ destroyed }) => destroyed).length >= 100)
    const other = from('127.0.0.10')
    await once(other, 'connect')
    const newcomer = await known(await fleet.identity(host('undisturbed')))
    assert.equal(other.destroyed, false)
    for (const one of [...many, other, newcomer]) one.destroy()
  })
})
