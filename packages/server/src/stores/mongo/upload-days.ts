import { uploadsAtOnce } from '../domains/uploads.ts'
import { newUploadDay } from '../fields/uploads.ts'
import type { NewUpload } from '../store.ts'
import type { Database } from './database.ts'
import { uploadDayRows } from './upload-rows.ts'
import { below, oneOf, upTo } from './where.ts'

/**
 * How much was announced on a day, by a user and in the workspace. A condition of the write keeps to the limit; a server that is
 * killed between two writes leaves more taken than was uploaded, never less.
 */
export function mongoUploadDays(database: Database) {
  const days = uploadDayRows(database)

  /** Takes bytes for one of the two; false where there is no room, undefined where somebody else was faster. */
  async function takeFor(upload: NewUpload, user_id: string, most: number): Promise<boolean | undefined> {
    const { workspace_id, day, size } = upload
    if (size > most) return false
    const where = { workspace_id, day, user_id }
    if (await days.change({ ...where, bytes: upTo(most - size) }, { $inc: { bytes: size } })) return true
    const known = await days.get(where, ['bytes'])
    // Somebody else may have made the row, or given something back, since.
    if (known) return known.bytes > most - size ? false : undefined
    const made = await days.insert([{ ...newUploadDay(upload, user_id, size), workspace_id }])
    return made === 1 || undefined
  }

  async function giveBack(upload: NewUpload, userIds: readonly string[]): Promise<void> {
    const { workspace_id, day, size } = upload
    for (const user_id of userIds)
      await days.change({ workspace_id, day, user_id }, { $inc: { bytes: -size } })
  }

  return {
    giveBack,

    /** Takes an upload's bytes; answers which limit is in the way. `again`: it was not decided. */
    async take(upload: NewUpload): Promise<'limit' | 'workspace_limit' | 'again' | undefined> {
      const { user_id, most_user_bytes, most_workspace_bytes } = upload
      const own = await takeFor(upload, user_id, most_user_bytes)
      if (!own) return own === false ? 'limit' : 'again'
      const all = await takeFor(upload, '', most_workspace_bytes)
      if (all) return undefined
      await giveBack(upload, [user_id])
      return all === false ? 'workspace_limit' : 'again'
    },

    async forget(workspace_id: string, day: string): Promise<number> {
      const rows = await days.find(
        { workspace_id, day: below(day) },
        { fields: ['_id'], limit: uploadsAtOnce },
      )
      if (rows.length > 0) await days.remove({ workspace_id, _id: oneOf(rows.map(({ _id }) => _id)) })
      return rows.length
    },
  }
}
