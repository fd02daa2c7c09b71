import type { Gap, SpoolRecordDraft, StreamLoss } from '../../proto/session.ts'

/** What records held that are gone: how much of which stream. */
export type Losses = Pick<Gap, 'streams' | 'otherBytes'>

export const noLosses: Losses = { streams: [], otherBytes: 0 }

/** More than any host has; the rest counts among what else is lost. */
const maxStreams = 100

/** With one record more. @param bytes of the whole record. */
export function addLoss(losses: Losses, { logChunk }: Pick<SpoolRecordDraft, 'logChunk'>, bytes: number): Losses {
  if (!logChunk) return { ...losses, otherBytes: losses.otherBytes + bytes }
  const { stream, rolloutId, app, releaseId, data, leftOutBytes, sequence } = logChunk
  const lost = {
    bytes: (data?.length ?? 0) + (leftOutBytes ?? 0),
    firstSequence: sequence ?? 0,
    lastSequence: sequence ?? 0,
  }
  const about = { stream: stream ?? '', rolloutId: rolloutId ?? '', app: app ?? '', releaseId: releaseId ?? '' }
  return withLoss(losses, { ...about, ...lost })
}

/** Of two runs of records, one behind the other. */
export function joinLosses(earlier: Losses, later: Losses): Losses {
  const otherBytes = earlier.otherBytes + later.otherBytes
  return later.streams.reduce(withLoss, { streams: earlier.streams, otherBytes })
}

function withLoss({ streams, otherBytes }: Losses, loss: StreamLoss): Losses {
  const known = streams.find(({ stream, rolloutId }) => stream === loss.stream && rolloutId === loss.rolloutId)
  if (!known && streams.length >= maxStreams) return { streams, otherBytes: otherBytes + loss.bytes }
  if (!known) return { streams: [...streams, loss], otherBytes }
  const joined = { ...known, bytes: known.bytes + loss.bytes, lastSequence: loss.lastSequence }
  return { streams: streams.map((one) => (one === known ? joined : one)), otherBytes }
}
