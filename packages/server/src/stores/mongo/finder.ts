import { lastBefore, type Place, placeOfId, runPlannerAsync } from '../places.ts'
import type { StreamKey, StreamStore } from '../store.ts'
import type { Logs } from './logs.ts'
import { within } from './where.ts'

/** Finds the seq of an entry of which only the id is known. */
export function mongoFinder({ entries, find }: Pick<Logs, 'entries' | 'find'>): StreamStore['seqOf'] {
  const placeAt = placesOf(entries)
  return async ({ workspace_id, stream }, id) => {
    const log = await find({ workspace_id, stream })
    if (!log) return null
    const span = await runPlannerAsync(placeOfId(log, id), (seq) => placeAt({ workspace_id, stream }, seq))
    if (!span) return null
    const seq = within(span.low, span.high)
    return (await entries.get({ workspace_id, stream, seq, _id: id }, ['seq']))?.seq ?? null
  }
}

/** Finds the last entry of a log that was made before a time. */
export function mongoTimes({ entries, find }: Pick<Logs, 'entries' | 'find'>): StreamStore['madeBefore'] {
  const placeAt = placesOf(entries)
  return async (key, at) => {
    const log = await find(key)
    return log ? runPlannerAsync(lastBefore(log, Date.parse(at)), (seq) => placeAt(key, seq)) : 0
  }
}

type PlaceAt = (key: StreamKey, seq: number) => Promise<Place | undefined>

function placesOf(entries: Logs['entries']): PlaceAt {
  return async ({ workspace_id, stream }, seq) => {
    const row = await entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
    return row && { id: row._id, nth: row.nth }
  }
}
