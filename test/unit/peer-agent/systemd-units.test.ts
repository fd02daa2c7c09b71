import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const directory = join(import.meta.dirname, '../../../packaging/systemd')
const services = ['coordinator', 'tracker', 'seeder', 'agent']
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

describe('systemd units', () => {
  it('are accepted by systemd-analyze without a word', {
    skip: !hasAnalyze && 'systemd-analyze is not installed',
  }, () => {
    const copies = mkdtempSync(join(tmpdir(), 'rookery-units-'))
    try {
      for (const service of services) {
        const name = `rookery-${service}.service`
        // Rookery itself need not be installed where the units are checked.
        const unit = readFileSync(join(directory, name), 'utf8').replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true')
        writeFileSync(join(copies, name), unit)
        const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(copies, name)], {
          encoding: 'utf8',
        })
        assert.equal(status, 0, `${name}: ${stderr}`)
        assert.equal(stdout + stderr, '', name)
      }
    } finally {
      rmSync(copies, { recursive: true })
    }
  })

  it('start what exists, as a user of their own', () => {
    const users = readFileSync(join(directory, 'rookery.sysusers.conf'), 'utf8')
    for (const service of services) {
      const unit = readFileSync(join(directory, `rookery-${service}.service`), 'utf8')
      assert.match(
        unit,
        new RegExp(`^ExecStart=/usr/local/bin/rookery ${service} --config /etc/rookery/${service}\\.yml$`, 'm'),
      )
      assert.match(unit, /^Type=notify$/m)
      assert.match(unit, /^Restart=on-failure$/m)
      assert.match(unit, new RegExp(`^User=rookery-${service}$`, 'm'))
      assert.match(users, new RegExp(`^u rookery-${service} `, 'm'))
    }
  })

  it('stop the agent alone and leave its apps', () => {
    assert.match(readFileSync(join(directory, 'rookery-agent.service'), 'utf8'), /^KillMode=process$/m)
  })
})
