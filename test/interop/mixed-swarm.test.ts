import { after, before, describe, it } from 'node:test'
import { type ClientName, missing, otherClients } from '../support/other-clients.ts'
import { InteropFixture } from './fixture.ts'

const fixture = new InteropFixture()
const names = Object.keys(otherClients) as ClientName[]
const skip = names.map(missing).find((reason) => reason !== false) ?? false

before(() => fixture.tracker.start())
after(() => fixture.end())

describe('one swarm of two of ours and one of each other client', { concurrency: 2, skip }, () => {
  for (const seeder of ['ours', 'libtorrent'] as const) {
    it(`gets the same bytes everywhere when the only seeder is ${seeder}`, async () => {
      const content = await fixture.content({ 'app/a': 2_000_000, 'app/b/c': 1, 'app/b/d': 1_500_000 }, [
        fixture.trackerUrls.http,
      ])
      const others = await Promise.all(
        names.map(async (name) => {
          const out = fixture.place(`out-${name}`)
          return { name, out, program: await fixture.other(name, content, out) }
        }),
      )
      const ours = await Promise.all(
        [1, 2].map(async () => {
          const out = fixture.place('out-ours')
          return { out, transfer: await fixture.ours(content, out) }
        }),
      )
      if (seeder === 'ours') await (await fixture.ours(content, content.directory)).completed
      else await fixture.other(seeder, content, content.directory)

      await Promise.all(ours.map(({ transfer }) => transfer.completed))
      await Promise.all(ours.map(({ out }) => fixture.same(content, out, 'ours')))
      await Promise.all(others.map(({ name, out, program }) => fixture.same(content, out, name, program)))
    })
  }
})
