import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BuildStep } from '../../../coordinator/app-config/rookery-yml.ts'
import { runBuildStep } from '../../../coordinator/build/build-step.ts'

async function run(step: Partial<BuildStep>, signal = new AbortController().signal): Promise<string> {
  let text = ''
  const output = (data: Uint8Array) => {
    text += Buffer.from(data).toString()
  }
  await runBuildStep(
    { name: 'test', run: 'true', deadlineMs: 10_000, ...step },
    { directory: '/', environment: { ROOKERY_APP: 'hello' }, output, signal },
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
    process.env.ROOKERY_TOKEN = 'a-secret-token'
    try {
      assert.ok(!(await run({ run: 'env' })).includes('a-secret-token'))
    } finally {
      delete process.env.ROOKERY_TOKEN
    }
  })
})
