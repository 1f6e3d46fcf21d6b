import { placeOfId, runPlannerAsync } from '../places.ts'
import type { StreamStore } from '../store.ts'
import type { Logs } from './logs.ts'
import { within } from './where.ts'

/** Finds the seq of an entry of which only the id is known. */
export function mongoFinder({ entries, find }: Pick<Logs, 'entries' | 'find'>): StreamStore['seqOf'] {
  return async ({ workspace_id, stream }, id) => {
    const log = await find({ workspace_id, stream })
    if (!log) return null
    const span = await runPlannerAsync(placeOfId(log, id), async (seq) => {
      const row = await entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
      return row && { id: row._id, nth: row.nth }
    })
    if (!span) return null
    const seq = within(span.low, span.high)
    return (await entries.get({ workspace_id, stream, seq, _id: id }, ['seq']))?.seq ?? null
  }
}
