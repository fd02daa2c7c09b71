import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  decodeAgentMessage,
  decodeCoordinatorMessage,
  encodeAgentMessage,
  encodeCoordinatorMessage,
} from '../../../proto/session.ts'
import { agentSamples, coordinatorSamples } from '../../support/session-samples.ts'

const directory = join(import.meta.dirname, '../../fixtures/proto/v1')
const golden = (name: string) =>
  Buffer.from(readFileSync(join(directory, `${name}.hex`), 'utf8').replace(/\s/g, ''), 'hex')

/** Messages written by version 1 must stay readable, and what we write must stay what it was. */
describe('session messages of version 1', () => {
  for (const [name, draft] of Object.entries(agentSamples)) {
    it(`agent ${name}`, () => {
      assert.equal(Buffer.from(encodeAgentMessage(draft)).toString('hex'), golden(`agent-${name}`).toString('hex'))
      const decoded = decodeAgentMessage(golden(`agent-${name}`))
      assert.ok(decoded)
      assert.equal(
        Buffer.from(encodeAgentMessage({ [decoded.kind]: decoded.body })).toString('hex'),
        golden(`agent-${name}`).toString('hex'),
      )
    })
  }

  for (const [name, draft] of Object.entries(coordinatorSamples)) {
    it(`coordinator ${name}`, () => {
      assert.equal(
        Buffer.from(encodeCoordinatorMessage(draft)).toString('hex'),
        golden(`coordinator-${name}`).toString('hex'),
      )
      const decoded = decodeCoordinatorMessage(golden(`coordinator-${name}`))
      assert.ok(decoded)
      assert.equal(
        Buffer.from(encodeCoordinatorMessage({ [decoded.kind]: decoded.body })).toString('hex'),
        golden(`coordinator-${name}`).toString('hex'),
      )
    })
  }

  it('has a golden file for every body', () => {
    const names = [
      ...Object.keys(agentSamples).map((name) => `agent-${name}.hex`),
      ...Object.keys(coordinatorSamples).map((name) => `coordinator-${name}.hex`),
    ]
    assert.deepEqual(readdirSync(directory).sort(), names.sort())
  })

  it('passes over fields and bodies it does not know', () => {
    // Field 1000 (varint 7) after the known ones: what a newer version may add.
    const newer = Buffer.concat([golden('agent-heartbeat'), Buffer.from([0xc0, 0x3e, 0x07])])
    assert.equal(decodeAgentMessage(newer)?.kind, 'heartbeat')
    assert.equal(decodeAgentMessage(Buffer.from([0xc2, 0x3e, 0x01, 0x00])), undefined)
  })

  it('refuses what is no message', () => {
    assert.throws(() => decodeAgentMessage(Buffer.from([0x0a, 0xff, 0xff])))
  })
})
