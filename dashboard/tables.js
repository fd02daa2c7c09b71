import { element, reconcile, setText } from './dom.js'
import { age, bytes, shortRevision } from './format.js'

export function renderHosts(section, hosts) {
  renderRows(
    section,
    hosts,
    (host) => host.name,
    (host) => {
      const live = host.releases.filter((release) => release.liveReleaseId !== null)
      const connection = host.connected ? 'connected' : `away, seen ${age(host.lastSeenMs)}`
      return [
        { text: host.name, isHeading: true },
        { text: host.pools.join(', ') },
        { text: host.drained ? `${connection}, drained` : connection, state: host.connected ? 'good' : 'bad' },
        {
          text:
            live.map((release) => `${release.liveReleaseId}${release.ready ? '' : ' (not ready)'}`).join(', ') || '–',
          state: live.every((release) => release.ready) ? undefined : 'bad',
        },
      ]
    },
  )
}

export function renderReleases(section, releases) {
  const states = { ready: 'good', failed: 'bad', building: 'busy' }
  renderRows(
    section,
    releases,
    (release) => release.id,
    (release) => [
      { text: release.id, isHeading: true, title: `${release.app} ${shortRevision(release.revision)}` },
      { text: release.state, state: states[release.state], title: release.failure?.message },
      { text: release.manifest ? bytes(release.manifest.artifact.bytes) : '–' },
      { text: age(release.createdAtMs) },
    ],
  )
}

function renderRows(section, rows, key, cellsOf) {
  section.querySelector('.empty').hidden = rows.length > 0
  section.querySelector('.scroll').hidden = rows.length === 0
  reconcile(section.querySelector('tbody'), rows, {
    key,
    create: (row) =>
      element(
        'tr',
        {},
        cellsOf(row).map((cell) => element(cell.isHeading ? 'th' : 'td', cell.isHeading ? { scope: 'row' } : {})),
      ),
    update: (line, row) => {
      for (const [index, cell] of cellsOf(row).entries()) {
        const node = line.children[index]
        setText(node, cell.text)
        if (cell.state) node.dataset.state = cell.state
        else delete node.dataset.state
        node.title = cell.title ?? ''
      }
    },
  })
}
