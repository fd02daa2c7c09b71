import { after, before, describe, it } from 'node:test'
import { type ClientName, missing, openTracker, otherClients } from '../support/other-clients.ts'
import { InteropFixture, shapes } from './fixture.ts'

const fixture = new InteropFixture()
const names = Object.keys(otherClients) as ClientName[]
const shapeNames = Object.keys(shapes) as (keyof typeof shapes)[]

before(() => fixture.tracker.start())
after(() => fixture.end())

// Most of them wait for their own timers, so that many fit on few processors.
describe('other clients', { concurrency: 8 }, () => {
  for (const name of names) {
    for (const shape of shapeNames) {
      it(`${name} fetches ${shape} from us through our tracker`, { skip: missing(name) }, async () => {
        const content = await fixture.content(shapes[shape], [fixture.trackerUrls.http])
        const out = fixture.place('out')
        const program = await fixture.other(name, content, out)
        await (await fixture.ours(content, content.directory)).completed
        await fixture.same(content, out, name, program)
      })

      it(`we fetch ${shape} from ${name} through our tracker`, { skip: missing(name) }, async () => {
        const content = await fixture.content(shapes[shape], [fixture.trackerUrls.http])
        await fixture.other(name, content, content.directory)
        const out = fixture.place('out')
        await (await fixture.ours(content, out)).completed
        await fixture.same(content, out, 'we')
      })
    }
  }

  for (const name of ['aria2c', 'libtorrent'] as const) {
    it(`${name} fetches from us through our tracker over UDP`, { skip: missing(name) }, async () => {
      const content = await fixture.content(shapes['many files'], [fixture.trackerUrls.udp])
      await (await fixture.ours(content, content.directory)).completed
      const out = fixture.place('out')
      const program = await fixture.other(name, content, out, await fixture.port())
      await fixture.same(content, out, name, program)
    })

    for (const protocol of ['http', 'udp'] as const) {
      const skip = missing(name) || missing('opentracker')
      it(`we fetch from ${name} through opentracker over ${protocol}`, { skip }, async () => {
        const trackerPort = await fixture.port()
        const content = await fixture.content(shapes['many files'], [`${protocol}://127.0.0.1:${trackerPort}/announce`])
        fixture.keep(await openTracker(fixture.place('opentracker'), trackerPort, [content.metainfo.infoHash]))
        await fixture.other(name, content, content.directory, await fixture.port())
        const out = fixture.place('out')
        await (await fixture.ours(content, out)).completed
        await fixture.same(content, out, 'we')
      })
    }
  }
})
