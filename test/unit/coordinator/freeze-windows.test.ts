import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FreezeConfig } from '../../../coordinator/locks/config.ts'
import { isActive, nextChangeMs, parseFreezes } from '../../../coordinator/locks/freeze-windows.ts'
import type { RookeryError } from '../../../runtime/errors.ts'

type Days = Extract<FreezeConfig, { weekly: unknown }>['weekly']['days']

function weekly(days: Days, from: string, to: string, timeZone = 'Europe/Berlin') {
  return parseFreezes([{ name: 'w', timeZone, weekly: { days, from, to } }])[0]!
}

function dated(from: string, to: string, timeZone = 'Europe/Berlin') {
  return parseFreezes([{ name: 'd', timeZone, from, to }])[0]!
}

const everyDay: Days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const ms = (iso: string) => Date.parse(iso)
const next = (window: ReturnType<typeof weekly>, iso: string) => {
  const atMs = nextChangeMs(window, ms(iso))
  return atMs === null ? null : new Date(atMs).toISOString().replace(':00.000Z', 'Z')
}
const active = (window: ReturnType<typeof weekly>, iso: string) => isActive(window, ms(iso))

describe('freeze windows', () => {
  it('are active from their beginning until before their end, by the clocks of their zone', () => {
    const window = weekly(['fri'], '16:00', '18:00')
    // 2026-01-02 is a Friday; Berlin is an hour ahead of UTC.
    assert.equal(active(window, '2026-01-02T14:59:59Z'), false)
    assert.equal(active(window, '2026-01-02T15:00Z'), true)
    assert.equal(active(window, '2026-01-02T16:59:59Z'), true)
    assert.equal(active(window, '2026-01-02T17:00Z'), false)
    assert.equal(next(window, '2026-01-02T17:00Z'), '2026-01-09T15:00Z')
    assert.equal(next(window, '2026-01-09T15:00Z'), '2026-01-09T17:00Z')
  })

  it('go on past midnight', () => {
    const window = weekly(['sun'], '22:00', '06:00')
    assert.equal(active(window, '2026-01-04T21:00Z'), true)
    assert.equal(active(window, '2026-01-05T04:59Z'), true)
    assert.equal(active(window, '2026-01-05T05:00Z'), false)
    assert.equal(active(window, '2026-01-06T02:00Z'), false)
    assert.equal(next(window, '2026-01-04T23:30Z'), '2026-01-05T05:00Z')
  })

  it('that touch are one', () => {
    const window = weekly(['fri', 'sat', 'sun'], '00:00', '24:00')
    assert.equal(next(window, '2026-01-02T12:00Z'), '2026-01-04T23:00Z')
    const always = weekly(everyDay, '00:00', '24:00')
    assert.equal(active(always, '2026-03-29T01:00Z'), true)
    assert.equal(next(always, '2026-03-29T01:00Z'), null)
  })

  it('keep to the wall clock when daylight saving time begins and ends', () => {
    const window = weekly(everyDay, '09:00', '17:00')
    assert.equal(next(window, '2026-03-28T00:00Z'), '2026-03-28T08:00Z')
    assert.equal(next(window, '2026-03-28T20:00Z'), '2026-03-29T07:00Z')
    assert.equal(next(window, '2026-10-24T20:00Z'), '2026-10-25T08:00Z')
    const night = weekly(['sat'], '23:00', '04:00')
    // The night of the change is an hour shorter, and in autumn an hour longer.
    assert.equal(next(night, '2026-03-28T23:00Z'), '2026-03-29T02:00Z')
    assert.equal(next(night, '2026-10-24T22:00Z'), '2026-10-25T03:00Z')
  })

  it('begin at the change when the clock leaves their beginning out', () => {
    // 02:00 to 03:00 does not exist on this day.
    const window = weekly(['sun'], '02:30', '05:00')
    assert.equal(next(window, '2026-03-28T23:00Z'), '2026-03-29T01:00Z')
    assert.equal(next(weekly(['sun'], '02:10', '02:50'), '2026-03-28T23:00Z'), '2026-04-05T00:10Z')
    assert.equal(next(dated('2026-03-29T02:30', '2026-03-29T05:00'), '2026-03-28T23:00Z'), '2026-03-29T01:00Z')
  })

  it('hold from the first to the last of a time that comes twice', () => {
    // 02:00 to 03:00 comes twice on this day.
    const window = weekly(['sun'], '02:15', '02:45')
    assert.equal(next(window, '2026-10-24T23:00Z'), '2026-10-25T00:15Z')
    assert.equal(next(window, '2026-10-25T00:15Z'), '2026-10-25T01:45Z')
  })

  it('know zones that change by half an hour, and skip midnight', () => {
    // Lord Howe goes from +10:30 to +11 at 02:00 on 2026-10-04; Beirut skips midnight on 2026-03-29.
    assert.equal(
      next(weekly(['sun'], '02:10', '04:00', 'Australia/Lord_Howe'), '2026-10-03T14:00Z'),
      '2026-10-03T15:30Z',
    )
    const beirut = weekly(['sun'], '00:00', '01:30', 'Asia/Beirut')
    assert.equal(next(beirut, '2026-03-28T12:00Z'), '2026-03-28T22:00Z')
    assert.equal(next(beirut, '2026-03-28T22:00Z'), '2026-03-28T22:30Z')
  })

  it('with a date happen once', () => {
    const window = dated('2026-12-20T18:00', '2027-01-02T08:00', 'America/New_York')
    assert.equal(next(window, '2026-06-01T00:00Z'), '2026-12-20T23:00Z')
    assert.equal(active(window, '2026-12-31T00:00Z'), true)
    assert.equal(next(window, '2026-12-31T00:00Z'), '2027-01-02T13:00Z')
    assert.equal(next(window, '2027-01-02T13:00Z'), null)
  })

  it('that make no sense are refused, with the field', () => {
    const wrong: [FreezeConfig, string][] = [
      [{ name: 'a', timeZone: 'Europe/Berlim', from: '2026-01-01T00:00', to: '2026-01-02T00:00' }, 'timeZone'],
      [{ name: 'b', timeZone: 'UTC', from: '2026-02-30T00:00', to: '2026-03-02T00:00' }, 'from'],
      [{ name: 'c', timeZone: 'UTC', from: '2026-01-02T00:00', to: '2026-01-01T00:00' }, 'to'],
      [{ name: 'd', timeZone: 'UTC', weekly: { days: ['mon'], from: '09:00', to: '09:00' } }, 'weekly.to'],
    ]
    assert.throws(
      () => parseFreezes(wrong.map(([freeze]) => freeze)),
      (error: RookeryError) => {
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.deepEqual(
          error.issues.map((issue) => issue.field),
          wrong.map(([, field], index) => `freezes.${index}.${field}`),
        )
        return true
      },
    )
  })
})
