import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BuildStep } from '../../../coordinator/app-config/rookery-yml.ts'
import { runBuildStep } from '../../../coordinator/build/build-step.ts'

async function run(
  step: Partial<BuildStep>,
  signal = new AbortController().signal,
  passes: readonly string[] = [],
): Promise<string> {
  let text = ''
  const output = (data: Uint8Array) => {
    text += Buffer.from(data).toString()
  }
  await runBuildStep(
    { name: 'test', run: 'true', deadlineMs: 10_000, ...step },
    { directory: '/', environment: { ROOKERY_APP: 'hello' }, passes, output, signal },
  )
  return text
}

describe('build step', () => {
  it('runs text in a shell and a list as it is, and passes on both outputs', async () => {
    assert.equal(await run({ run: 'echo $ROOKERY_APP; echo err >&2' }), 'hello\nerr\n')
    assert.equal(await run({ run: ['echo', '$ROOKERY_APP'] }), '$ROOKERY_APP\n')
  })

  it('names the step and how it failed', async () => {
    await assert.rejects(run({ run: 'exit 3' }), { code: 'BUILD_FAILED', message: /"test" ended with exit code 3/ })
    await assert.rejects(run({ run: ['/no/such/program'] }), {
      code: 'BUILD_FAILED',
      message: /"test" could not be started/,
    })
  })

  it('kills a step and all it started at its deadline', async () => {
    await assert.rejects(run({ run: 'sleep 60 & sleep 60', deadlineMs: 200 }), {
      code: 'BUILD_FAILED',
      message: /did not end within 200 ms/,
    })
  })

  it('stops when the build is stopped', async () => {
    const stop = new AbortController()
    const running = run({ run: 'sleep 60' }, stop.signal)
    stop.abort()
    await assert.rejects(running, { message: /was stopped/ })
  })

  it('keeps the coordinator’s own variables from the step', async () => {
    const secrets = {
      ...{ ROOKERY_TOKEN: 'secret-1', ROOKERY_COORDINATOR_OIDC_ISSUER: 'secret-2', NOTIFY_SOCKET: '/run/secret-3' },
      ...{ CREDENTIALS_DIRECTORY: '/run/secret-4', SSH_AUTH_SOCK: '/run/secret-5', AWS_SECRET_ACCESS_KEY: 'secret-6' },
    }
    Object.assign(process.env, secrets)
    try {
      const seen = await run({ run: 'env' })
      assert.ok(!/secret-/.test(seen), seen)
      assert.match(seen, /^PATH=/m)
      assert.match(await run({ run: 'env' }, undefined, ['SSH_AUTH_SOCK']), /^SSH_AUTH_SOCK=\/run\/secret-5$/m)
    } finally {
      for (const name of Object.keys(secrets)) delete process.env[name]
    }
  })
})
