import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { seededRandom } from '../../runtime/random.ts'
import { messageIds } from '../../swarm/wire/message-ids.ts'
import { eventually } from '../support/eventually.ts'
import { btHandshake, frame, HostilePeer, numbers } from '../support/hostile-peer.ts'
import { activeResources, mutated, noise } from '../support/mutations.ts'
import { metainfoOf, scratchDirectory, startSession, writeTree } from '../support/swarm-fixture.ts'

const pieceBytes = 32_768
const connections = 500
const framesEach = 20

/** What a peer may well say, to be damaged. */
const samples = [
  frame(messageIds.unchoke),
  frame(messageIds.interested),
  frame(messageIds.haveAll),
  frame(messageIds.have, numbers(3)),
  frame(messageIds.bitfield, new Uint8Array(13).fill(0xff)),
  frame(messageIds.request, numbers(1, 0, 16_384)),
  frame(messageIds.cancel, numbers(1, 0, 16_384)),
  frame(messageIds.reject, numbers(1, 0, 16_384)),
  frame(messageIds.piece, Buffer.concat([numbers(1, 16_384), new Uint8Array(16_384)])),
  frame(messageIds.extended, Buffer.from('\x00d1:md8:rk_offeri1e6:ut_pexi2ee1:pi6881ee', 'latin1')),
  frame(messageIds.extended, Buffer.from('\x01\x00\x00\x00\x00\x05', 'latin1')),
  frame(messageIds.extended, Buffer.from('\x02d5:added6:\x7f\x00\x00\x01\x00\x01e', 'latin1')),
]

describe('a session whose peers send 10,000 malformed inputs', () => {
  it('goes on fetching and seeding, and keeps no socket, file or timer of them', async () => {
    const scratch = scratchDirectory('fuzz-peers')
    const idle = activeResources()
    writeTree(join(scratch.path, 'source'), { app: 100 * pieceBytes - 5 })
    const metainfo = await metainfoOf(join(scratch.path, 'source/app'))
    const seeder = await startSession()
    await seeder.add({ metainfo, directory: join(scratch.path, 'source'), isReadOnly: true }).completed
    const fetcher = await startSession()
    const fetching = fetcher.add({ metainfo, directory: join(scratch.path, 'out') })

    const random = seededRandom(51)
    let inputs = 0
    const attack = async (index: number) => {
      // Some from each of many addresses, since each may come only so often.
      const from = `127.0.${1 + (index % 100)}.${2 + (index % 7)}`
      const target = { port: index % 2 === 0 ? seeder.port : fetcher.port, infoHash: metainfo.infoHash, from }
      const peer = new HostilePeer(target)
      const handshake = btHandshake(metainfo.infoHash, `fuzz-${index}`)
      peer.socket.write(index % 10 === 0 ? mutated(handshake, random) : handshake)
      for (let count = 0; count < framesEach; count++) {
        const sample = samples[random.below(samples.length)]!
        const bytes = random.below(8) === 0 ? noise(random, 300) : mutated(sample, random)
        // Half of them have the length that they state, so that what is inside gets looked at.
        if (bytes.length >= 4 && random.below(2) === 0) bytes.writeUInt32BE(bytes.length - 4, 0)
        peer.socket.write(bytes)
        inputs++
      }
      await Promise.race([peer.closed, new Promise((resolve) => setTimeout(resolve, 20))])
      peer.end()
    }
    for (let at = 0; at < connections; at += 10)
      await Promise.all(Array.from({ length: 10 }, (_, lane) => attack(at + lane)))
    assert.equal(inputs, connections * framesEach)

    fetching.addPeers([`127.0.0.1:${seeder.port}`])
    await eventually('it has all', () => fetching.progress().state === 'seeding')
    await Promise.all([seeder.stop(), fetcher.stop()])
    assert.deepEqual(readdirSync(join(scratch.path, 'out')), ['app'])
    await eventually('nothing of it is left', () => {
      const { Timeout: timers = 0, ...left } = activeResources()
      const { Timeout: earlier = 0, ...were } = idle
      // The one that this very wait takes.
      assert.ok(timers <= earlier + 1, `${timers} timers`)
      assert.deepEqual(left, were)
      return true
    })
    scratch.remove()
  })
})
