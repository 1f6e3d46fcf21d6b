import { uploadsAtOnce } from '../domains/uploads.ts'
import { newUploadDay, type Share, sharesOf } from '../fields/uploads.ts'
import type { NewUpload } from '../store.ts'
import type { Database } from './database.ts'
import { uploadDayRows } from './upload-rows.ts'
import { below, oneOf, upTo } from './where.ts'

/**
 * How much was announced on a day, by a user, by all guests and in the workspace. A condition of the write keeps to the limit; a server that is
 * killed between two writes leaves more taken than was uploaded, never less.
 */
export function mongoUploadDays(database: Database) {
  const days = uploadDayRows(database)

  /** Takes bytes for one of them; false where there is no room, undefined where somebody else was faster. */
  async function takeFor(upload: NewUpload, { user_id, most }: Share): Promise<boolean | undefined> {
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

  async function giveBack(upload: NewUpload, shares = sharesOf(upload)): Promise<void> {
    const { workspace_id, day, size } = upload
    for (const { user_id } of shares)
      await days.change({ workspace_id, day, user_id }, { $inc: { bytes: -size } })
  }

  return {
    giveBack: (upload: NewUpload) => giveBack(upload),

    /** Takes an upload's bytes; answers which limit is in the way. `again`: it was not decided. */
    async take(upload: NewUpload): Promise<Share['limit'] | 'again' | undefined> {
      const taken: Share[] = []
      for (const share of sharesOf(upload)) {
        const isTaken = await takeFor(upload, share)
        if (!isTaken) {
          await giveBack(upload, taken)
          return isTaken === false ? share.limit : 'again'
        }
        taken.push(share)
      }
      return undefined
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
