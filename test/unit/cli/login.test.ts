import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { keepOwnCredential } from '../../../cli/flock/own-credential.ts'
import { planFlock } from '../../../cli/flock/plan.ts'
import { rookery } from '../../support/command-line.ts'
import { WholeCoordinator } from '../../support/whole-coordinator.ts'

let home: string
let coordinator: WholeCoordinator
const credentialsFile = () => join(home, 'rookery', 'credentials.json')
const credentials = async () => JSON.parse(await readFile(credentialsFile(), 'utf8'))
const run = (
  args: readonly string[],
  { stdin, environment = {} }: { stdin?: string; environment?: Record<string, string> } = {},
) =>
  rookery(['--coordinator', coordinator.url, ...args], {
    environment: { XDG_CONFIG_HOME: home, ...environment },
    stdin,
  })

before(async () => {
  coordinator = await WholeCoordinator.start({ settings: { limits: { failedLoginsPerMinute: 1_000 } } })
})
after(() => coordinator.remove())
beforeEach(async (context) => {
  home = await mkdtemp(join(tmpdir(), 'rookery-home-'))
  if ('after' in context) context.after(() => rm(home, { recursive: true }))
})

describe('rookery login', () => {
  it('keeps a token for its user alone, finds it by the coordinator’s URL, and forgets it', async () => {
    assert.equal((await run(['host', 'list'])).exitCode, 3)
    const { exitCode, stdout } = await run(['login'], { stdin: `${coordinator.adminToken}\n` })
    assert.equal(exitCode, 0)
    assert.match(stdout, /^logged in to http:\S+: token:\w+ \(first admin\), admin\n$/)
    assert.deepEqual(await credentials(), { [coordinator.url]: { token: coordinator.adminToken } })
    assert.equal((await stat(credentialsFile())).mode & 0o777, 0o600)
    assert.equal((await stat(dirname(credentialsFile()))).mode & 0o777, 0o700)
    assert.equal((await run(['host', 'list'])).exitCode, 0)
    const byName = await rookery(['--coordinator', `${coordinator.url}/`, 'host', 'list'], {
      environment: { XDG_CONFIG_HOME: home },
    })
    assert.equal(byName.exitCode, 0)
    assert.match((await run(['logout'])).stdout, /is forgotten/)
    assert.match((await run(['logout'])).stdout, /there is no token/)
    assert.equal((await run(['host', 'list'])).exitCode, 3)
  })

  it('keeps none that is refused, empty or of two lines', async () => {
    for (const [stdin, exitCode] of [
      ['wrong-token', 3],
      ['', 2],
      ['a b', 2],
      ['a\nb\n', 2],
    ] as const)
      assert.equal((await run(['login'], { stdin })).exitCode, exitCode, stdin)
    await assert.rejects(stat(credentialsFile()))
  })

  it('stands behind --token-file and ROOKERY_TOKEN', async () => {
    await run(['login'], { stdin: coordinator.adminToken })
    assert.equal((await run(['host', 'list'], { environment: { ROOKERY_TOKEN: 'wrong' } })).exitCode, 3)
    await writeFile(join(home, 'token'), 'wrong')
    assert.equal((await run(['--token-file', join(home, 'token'), 'host', 'list'])).exitCode, 3)
    await writeFile(join(home, 'token'), coordinator.adminToken)
    const both = await run(['--token-file', join(home, 'token'), 'host', 'list'], {
      environment: { ROOKERY_TOKEN: 'wrong' },
    })
    assert.equal(both.exitCode, 0)
  })

  it('does not use a file that others may read or change, and says so', async () => {
    await run(['login'], { stdin: coordinator.adminToken })
    for (const mode of [0o640, 0o604, 0o620, 0o660]) {
      await chmod(credentialsFile(), mode)
      const { exitCode, stderr } = await run(['host', 'list'])
      assert.equal(exitCode, 3)
      assert.match(stderr, /credentials\.json is not used: others than you may read or change it/)
    }
    await run(['login'], { stdin: coordinator.adminToken })
    assert.equal((await run(['host', 'list'])).exitCode, 0)
  })

  it('says so when the file is damaged, and that a token goes over the network in clear', async () => {
    await mkdir(dirname(credentialsFile()), { recursive: true })
    for (const text of ['{', '[1]', '{"http://x": {}}', '7']) {
      await writeFile(credentialsFile(), text, { mode: 0o600 })
      const { exitCode, stderr } = await run(['host', 'list'])
      assert.deepEqual([exitCode, /holds no credentials/.test(stderr)], [2, true], text)
    }
    const clear = await rookery(['--coordinator', 'http://192.0.2.1:7070', 'audit', 'verify', '/nothing'], {
      environment: { ROOKERY_TOKEN: 'x' },
    })
    assert.match(clear.stderr, /the token goes to http:\/\/192\.0\.2\.1:7070 unencrypted/)
  })
})

describe('rookery token', () => {
  it('prints a token alone, lists it without its secret, and revokes it', async () => {
    const environment = { ROOKERY_TOKEN: coordinator.adminToken }
    const made = await run(
      ['token', 'create', 'ci', '--role', 'deployer', '--app', 'hello', '--app', 'shop', '--expires', '1d'],
      { environment },
    )
    assert.match(made.stdout, /^rk_\w{10}_\S{43}\n$/)
    assert.match(made.stderr, /token \w+ \(ci\) is good until .*; it is not shown again/)
    const id = made.stdout.split('_')[1]!
    const list = await run(['token', 'list'], { environment })
    assert.match(list.stdout, new RegExp(`${id} +ci +deployer of hello, shop +good until .* never`))
    assert.ok(!list.stdout.includes(made.stdout.trim().slice(14)))
    const own = { environment: { ROOKERY_TOKEN: made.stdout.trim() } }
    assert.equal((await run(['host', 'list'], own)).exitCode, 0)
    const refused = await run(['token', 'list'], own)
    assert.deepEqual([refused.exitCode, /needs the role admin.*\(FORBIDDEN\)/.test(refused.stderr)], [3, true])
    assert.match((await run(['token', 'revoke', id], { environment })).stdout, /is revoked/)
    assert.equal((await run(['host', 'list'], own)).exitCode, 3)
    assert.match((await run(['token', 'list'], { environment })).stdout, new RegExp(`${id} .*revoked`))
  })

  it('never expires only when that is said', async () => {
    const environment = { ROOKERY_TOKEN: coordinator.adminToken }
    const make = async (...args: string[]) =>
      JSON.parse((await run(['token', 'create', 'x', '--role', 'viewer', '--json', ...args], { environment })).stdout)
    const usual = await make()
    assert.equal(usual.expiresAtMs - usual.createdAtMs, 90 * 86_400_000)
    assert.equal((await make('--no-expiry')).expiresAtMs, null)
    for (const args of [
      ['--expires', 'never'],
      ['--expires', '1d', '--no-expiry'],
      ['--role', 'root'],
    ])
      assert.equal((await run(['token', 'create', 'x', '--role', 'viewer', ...args], { environment })).exitCode, 2)
    assert.equal((await run(['token', 'create', 'x', '--role', 'deployer'], { environment })).exitCode, 2)
  })
})

describe('a coordinator over HTTPS', () => {
  let secure: WholeCoordinator
  let authority: string
  let fingerprint: string
  before(async () => {
    secure = await WholeCoordinator.start({ host: '0.0.0.0' })
    authority = authorityFile(secure)
    fingerprint = new X509Certificate(await readFile(authority)).fingerprint256
  })
  after(() => secure.remove())

  const at = (...args: string[]) =>
    rookery(['--coordinator', secure.url, ...args], {
      environment: { XDG_CONFIG_HOME: home },
      stdin: secure.adminToken,
    })

  it('is trusted by the authority that was named, and by that alone', async () => {
    const untrusted = await at('login')
    assert.deepEqual([untrusted.exitCode, /UNREACHABLE/.test(untrusted.stderr)], [4, true])
    assert.equal((await at('login', '--ca-file', authority)).exitCode, 0)
    assert.equal((await at('host', 'list')).exitCode, 0)
    const environment = { ROOKERY_TOKEN: secure.adminToken, ROOKERY_CA_FILE: authority }
    assert.equal((await rookery(['--coordinator', secure.url, 'host', 'list'], { environment })).exitCode, 0)
    const other = await WholeCoordinator.start({ host: '0.0.0.0' })
    await copyFile(authorityFile(other), join(home, 'other.pem'))
    await other.remove()
    assert.equal((await at('host', 'list', '--ca-file', join(home, 'other.pem'))).exitCode, 4)
  })

  it('is trusted by the fingerprint of its authority', async () => {
    assert.equal((await at('login', '--ca-fingerprint', fingerprint)).exitCode, 0)
    assert.equal((await at('host', 'list')).exitCode, 0)
    const compact = fingerprint.replaceAll(':', '').toLowerCase()
    assert.equal((await at('login', '--ca-fingerprint', compact)).exitCode, 0)
    const wrong = `${compact.slice(0, -1)}${compact.endsWith('0') ? '1' : '0'}`
    const refused = await at('login', '--ca-fingerprint', wrong)
    assert.deepEqual([refused.exitCode, /\(IDENTITY_INVALID\)/.test(refused.stderr)], [3, true])
    assert.equal((await at('login', '--ca-fingerprint', 'abc')).exitCode, 2)
    assert.equal((await at('login', '--ca-fingerprint', compact, '--ca-file', authority)).exitCode, 2)
  })

  it('ends streams and calls like any other', async () => {
    await at('login', '--ca-file', authority)
    assert.equal((await at('events', '--json')).exitCode, 0)
    assert.equal((await at('audit', 'verify')).exitCode, 0)
  })
})

describe('the credential of rookery up', () => {
  const plan = () => ({
    ...planFlock({ agents: 1, pools: ['web'], directory: '/flock/a', port: 7070 }),
    coordinatorUrl: coordinator.url,
  })
  const keep = (directory = '/flock/a') => {
    const reports: string[] = []
    const dependencies = {
      cli: { environment: { XDG_CONFIG_HOME: home } },
      report: (text: string) => void reports.push(text),
    }
    return keepOwnCredential({ ...plan(), directory }, coordinator.adminToken, dependencies)
  }

  it('is there while the flock runs, and gone with it', async () => {
    const own = await keep()
    assert.equal(own.isFound, true)
    assert.equal((await run(['host', 'list'])).exitCode, 0)
    await own.remove()
    assert.deepEqual(await credentials(), {})
  })

  it('leaves one that works alone, and puts one of another coordinator back', async () => {
    const mine = await coordinator.tokenOf('viewer')
    await run(['login'], { stdin: mine })
    const beside = await keep()
    assert.equal((await credentials())[coordinator.url].token, mine)
    await beside.remove()
    assert.equal((await credentials())[coordinator.url].token, mine)

    const foreign = { [coordinator.url]: { token: 'of-a-tunnel-to-production', authorities: 'PEM' } }
    await writeFile(credentialsFile(), JSON.stringify(foreign), { mode: 0o600 })
    const own = await keep()
    assert.equal((await run(['host', 'list'])).exitCode, 0)
    await own.remove()
    assert.deepEqual(await credentials(), foreign)

    // The first is killed; the next, in another directory, still knows what to put back.
    await keep('/flock/killed')
    await (await keep('/flock/b')).remove()
    assert.deepEqual(await credentials(), foreign)
  })

  it('does not take away what was put there after it', async () => {
    const own = await keep()
    const mine = await coordinator.tokenOf('viewer')
    await run(['login'], { stdin: mine })
    await own.remove()
    assert.equal((await credentials())[coordinator.url].token, mine)
  })

  it('is done without where nothing can be kept', async () => {
    const environment = {}
    const none = await keepOwnCredential(plan(), 'x', { cli: { environment }, report: assert.fail })
    assert.equal(none.isFound, false)
    await none.remove()
  })
})

/** What its operators are given to trust. */
function authorityFile({ directory }: WholeCoordinator): string {
  return join(directory, 'authority.crt.pem')
}
