import type { Message } from '@dowellchat/protocol'
import type { DamagedRow } from '../health.ts'
import type { Log } from '../log.ts'
import { placeOfId, runPlannerAsync } from '../places.ts'
import type { StreamStore } from '../store.ts'
import type { Logs } from './logs.ts'
import { toldText } from './pages.ts'
import { within } from './where.ts'

/** Finds one message by its place, or by its id alone. */
export function mongoMessage(
  { entries, find }: Pick<Logs, 'entries' | 'find'>,
  report: (row: DamagedRow) => void,
): StreamStore['message'] {
  async function seqOf(log: Log, id: string): Promise<number | undefined> {
    const { workspace_id, stream } = log.key
    const span = await runPlannerAsync(placeOfId(log, id), async (seq) => {
      const row = await entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
      return row && { id: row._id, nth: row.nth }
    })
    if (!span) return undefined
    const seq = within(span.low, span.high)
    return (await entries.get({ workspace_id, stream, seq, _id: id }, ['seq']))?.seq
  }

  return async (key, { id, seq }) => {
    const log = await find(key)
    const at = log && (seq ?? (await seqOf(log, id)))
    if (!log || at === undefined || at <= log.pruned.seq) return null
    const { workspace_id, stream } = key
    const row = await entries.get({ workspace_id, stream, seq: at })
    if (!row || row.type !== null || row._id !== id) return null
    // The text is a message's that a store of ours made.
    return JSON.parse(toldText(row, key, report)) as Message
  }
}
