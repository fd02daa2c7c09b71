import { EventHub } from '../../coordinator/events/event-hub.ts'
import { parseFreezes } from '../../coordinator/locks/freeze-windows.ts'
import { Holds } from '../../coordinator/locks/holds.ts'
import { LockGate } from '../../coordinator/locks/start-gate.ts'
import { openDatabase } from '../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../coordinator/store/sqlite.ts'
import type { ApiEvent } from '../../proto/http/api.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { ManualClock } from '../../runtime/manual-clock.ts'
import { seededRandom } from '../../runtime/random.ts'

/** A store in memory with the gate over it, and every event that was published; time moves by hand. */
export async function lockFixture(freezes: Parameters<typeof parseFreezes>[0] = [], startMs?: number) {
  const clock = new ManualClock(startMs)
  const database = await openDatabase(sqliteFlavor(':memory:'))
  const hub = new EventHub({ database, clock })
  const events: ApiEvent[] = []
  hub.subscribe((event) => events.push(event))
  const dependencies = { clock, logger: silentLogger() }
  const newHolds = (seed: number) => new Holds({ database, hub, clock, random: seededRandom(seed) })
  const newGate = (seed: number) =>
    new LockGate({ holds: newHolds(seed), freezes: parseFreezes(freezes), ...dependencies })
  const gate = newGate(1)
  const changes: (string | null)[] = []
  const waiting: (() => void)[] = []
  gate.onChange((app) => {
    changes.push(app)
    for (const wake of waiting.splice(0)) wake()
  })
  /** Resolves with the apps whose answer may have changed, once there are any. */
  const changed = async () => {
    if (changes.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    return changes.splice(0)
  }
  return { clock, database, hub, events, gate, newGate, changed }
}
