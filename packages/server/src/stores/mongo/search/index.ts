import { termsVersion } from '../../../search/terms.ts'
import type { SearchStore, StreamKey } from '../../store.ts'
import { oneOf } from '../where.ts'
import { type CursorParts, mongoCursors } from './cursors.ts'
import { mongoFinding } from './finding.ts'
import type { SearchRows } from './rows.ts'

const removedPerCall = 500

/** The index of messages, which any server may write to at any time. */
export function mongoSearch(parts: CursorParts): SearchStore {
  const { rows, logs } = parts
  const { searched, cursors, states } = rows
  const { index, behind } = mongoCursors(parts)

  async function isComplete(workspace_id: string): Promise<boolean> {
    return (await states.get({ workspace_id, _id: workspace_id }, ['_id'])) !== undefined
  }

  return {
    async prepare(workspace_id) {
      const state = await states.get({ workspace_id, _id: workspace_id }, ['made_by'])
      if (state && state.made_by !== termsVersion) await states.remove({ workspace_id, _id: workspace_id })
      return state?.made_by === termsVersion
    },

    isComplete,

    async complete(workspace_id) {
      await states.insert([{ _id: workspace_id, workspace_id, made_by: termsVersion }])
    },

    index,
    behind,

    async drop(workspace_id) {
      await states.remove({ workspace_id })
      const cursor = await cursors.get({ workspace_id }, ['_id', 'stream'])
      if (!cursor) return false
      const { _id, stream } = cursor
      const some = await searched.find({ workspace_id, stream }, { fields: ['_id'], limit: removedPerCall })
      await searched.remove({ workspace_id, _id: oneOf(some.map((one) => one._id)) })
      if (some.length < removedPerCall) await cursors.remove({ workspace_id, _id })
      return true
    },

    // Its indexes come in one part.
    tidy: async () => false,
    find: mongoFinding(rows, logs),
  }
}

/** Takes a whole stream out of the index, which then is indexed anew. */
export async function forgetStream(
  { searched, cursors }: SearchRows,
  { workspace_id, stream }: StreamKey,
): Promise<void> {
  await cursors.remove({ workspace_id, stream })
  await searched.remove({ workspace_id, stream })
}
