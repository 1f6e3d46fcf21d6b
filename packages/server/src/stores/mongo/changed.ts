import { limits } from '@dowellchat/protocol'
import { changeable, editsRead, versionsOf } from '../changing.ts'
import { editAspect } from '../fields/streams.ts'
import type { DamagedRow } from '../health.ts'
import { personOf } from '../person.ts'
import type { MessageTarget, StreamKey, StreamStore } from '../store.ts'
import { forgottenRow } from '../traces.ts'
import type { Database } from './database.ts'
import type { Logs, MongoLog } from './logs.ts'
import type { MessageAt } from './message-at.ts'
import { toldText } from './pages.ts'
import type { Pendings } from './pending.ts'
import { asRead } from './removing.ts'
import { above } from './where.ts'

type Changed = Pick<StreamStore, 'pinned' | 'reactors' | 'versions' | 'forget' | 'message'>

/** Reads what changes have left, and takes people out of it. */
export function mongoChanged(
  { deadlines }: Database,
  { entries }: Logs,
  { settled }: Pendings,
  messageAt: MessageAt,
  report: (row: DamagedRow) => void,
): Changed {
  /** The log of a message; undefined where there is no such message. */
  async function logOf(key: StreamKey, target: MessageTarget): Promise<MongoLog | undefined> {
    const log = await settled(key)
    const text = log && (await messageAt(log, target.seq))
    return changeable(text, target) && log
  }

  /** Tries again where somebody else has changed the entry meanwhile. */
  async function forgetIn(key: StreamKey, seq: number, renamed: Readonly<Record<string, string>>) {
    const { workspace_id, stream } = key
    await deadlines.persist(async () => {
      const row = await entries.get({ workspace_id, stream, seq })
      const left = row && forgottenRow(row, personOf(renamed))
      if (!left) return true
      return (await entries.change(asRead(key, row), { $set: left })) || undefined
    })
  }

  return {
    async message(key, seq) {
      const log = await settled(key)
      return (log && (await messageAt(log, seq))) ?? null
    },

    async pinned(key) {
      const log = await settled(key)
      if (!log) return '[]'
      const { workspace_id, stream } = key
      const rows = await entries.find(
        { workspace_id, stream, pinned_seq: above(0) },
        { fields: ['seq', 'nth', '_id', 'text', 'type'], sort: { pinned_seq: -1 }, limit: limits.pins },
      )
      const there = rows.filter(({ seq }) => seq > log.pruned.seq)
      return `[${there.map((row) => toldText(row, key, report)).join()}]`
    },

    async reactors(key, target, { reaction, after = '', limit }) {
      if (!(await logOf(key, target))) return null
      const { workspace_id, stream } = key
      const where = { workspace_id, stream, about: target.seq, aspect: reaction, author: above(after) }
      const rows = await entries.find(where, { fields: ['author'], sort: { author: 1 }, limit })
      return rows.map(({ author }) => author)
    },

    async versions(key, target) {
      if (!(await logOf(key, target))) return null
      const { workspace_id, stream } = key
      const row = await entries.get({ workspace_id, stream, seq: target.seq }, ['original', 'author'])
      if (!row) return null
      const where = { workspace_id, stream, about: target.seq, aspect: editAspect, author: row.author }
      const edits = await entries.find(where, { fields: ['text'], sort: { seq: -1 }, limit: editsRead })
      return versionsOf(
        row.original,
        edits.map(({ text }) => text),
      )
    },

    async forget(key, seqs, renamed) {
      for (const seq of seqs) await forgetIn(key, seq, renamed)
    },
  }
}
