import type { DamagedRow } from '../health.ts'
import type { Log } from '../log.ts'
import type { Logs } from './logs.ts'
import { toldText } from './pages.ts'

/** The text of the message at a seq, as it is told; undefined where there is none. */
export type MessageAt = (log: Log, seq: number) => Promise<string | undefined>

export function mongoMessageAt(
  { entries }: Pick<Logs, 'entries'>,
  report: (row: DamagedRow) => void,
): MessageAt {
  return async ({ key, pruned }, seq) => {
    if (seq <= pruned.seq) return undefined
    const { workspace_id, stream } = key
    const row = await entries.get({ workspace_id, stream, seq }, ['seq', 'nth', '_id', 'text', 'type'])
    return row && row.type === null ? toldText(row, key, report) : undefined
  }
}
