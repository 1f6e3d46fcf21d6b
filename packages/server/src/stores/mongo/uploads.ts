import { repeated } from '../creation.ts'
import { uploadsAtOnce } from '../domains/uploads.ts'
import { rowOf } from '../fields/field.ts'
import {
  finishedChanges,
  goneChanges,
  isUnnamed,
  namedChanges,
  namingProblem,
  newUploadRow,
  uploadFields,
} from '../fields/uploads.ts'
import type { Creation, Named, Naming, UploadRow, UploadStore } from '../store.ts'
import type { Database } from './database.ts'
import { mongoUploadDays } from './upload-days.ts'
import { dropUploads, type UploadDocument, uploadRows } from './upload-rows.ts'
import { between, oneOf } from './where.ts'

const toRow = rowOf<UploadRow>(uploadFields)

/** Before every time. */
const noTime = ''

/** The files of messages, without their bytes. */
export function mongoUploads(database: Database): UploadStore {
  const uploads = uploadRows(database)
  const days = mongoUploadDays(database)
  const { persist } = database.deadlines

  async function find(workspace_id: string, _id: string): Promise<UploadRow | undefined> {
    const row = await uploads.get({ workspace_id, _id })
    return row && toRow(row)
  }

  /** Changes a row unless somebody else has changed it since it was read. */
  async function change(
    workspace_id: string,
    { _id, state, due_at }: UploadRow,
    $set: Partial<UploadDocument>,
  ): Promise<UploadRow | undefined> {
    const changed = await uploads.changeAndRead({ workspace_id, _id, state, due_at }, { $set })
    return changed && toRow(changed)
  }

  async function nameAll(
    workspaceId: string,
    rows: readonly UploadRow[],
    naming: Naming,
  ): Promise<Named | undefined> {
    const named: UploadRow[] = []
    for (const row of rows) {
      const changes = namedChanges(row, naming)
      const changed = changes ? await change(workspaceId, row, changes) : row
      // Somebody else was faster: the rows are looked at again.
      if (!changed) return undefined
      named.push(changed)
    }
    return { uploads: named }
  }

  /** Takes back those of a message that cannot have all: another message may name them. */
  async function release(workspaceId: string, rows: readonly (UploadRow | undefined)[], naming: Naming) {
    const { stream, author: message_author, cid: message_cid, due_at } = naming
    const changes = { stream: null, message_author: null, message_cid: null, named_at: null }
    for (const row of rows)
      if (row?.state === 'named' && namingProblem(row, naming) === undefined)
        await uploads.change(
          { workspace_id: workspaceId, _id: row._id, state: 'named', stream, message_author, message_cid },
          { $set: { ...finishedChanges(due_at), ...changes } },
        )
  }

  return {
    create(upload) {
      const { workspace_id, user_id, earlier_ids = [], cid, fingerprint } = upload
      return persist<Creation<UploadRow>>(async () => {
        for (const id of [user_id, ...earlier_ids]) {
          const known = await uploads.get({ workspace_id, user_id: id, cid })
          if (known) return repeated(toRow(known), fingerprint, (row) => row)
        }
        const full = await days.take(upload)
        if (full === 'again') return undefined
        if (full) return { conflict: full }
        const row = newUploadRow(upload)
        if ((await uploads.insert([{ ...row, workspace_id }])) === 1) return { created: true, row }
        await days.giveBack(upload)
        return undefined
      })
    },

    get: async (workspaceId, id) => (await find(workspaceId, id)) ?? null,

    async finish(workspace_id, _id, due_at) {
      const finished = await uploads.changeAndRead(
        { workspace_id, _id, state: 'created' },
        { $set: finishedChanges(due_at) },
      )
      return finished ? toRow(finished) : ((await find(workspace_id, _id)) ?? null)
    },

    name: (workspace_id, naming) =>
      persist<Named>(async () => {
        const { upload_ids } = naming
        const found = await uploads.find({ workspace_id, _id: oneOf(upload_ids) })
        const byId = new Map(found.map((row) => [row._id, toRow(row)]))
        const rows = upload_ids.map((id) => byId.get(id))
        const problems = rows.map((row) => namingProblem(row, naming))
        const at = problems.findIndex((problem) => problem !== undefined)
        const refused = problems[at]
        if (!refused) return nameAll(workspace_id, [...byId.values()], naming).then(inOrder(upload_ids))
        await release(workspace_id, rows, naming)
        return { refused, upload_id: upload_ids[at] ?? '' }
      }),

    cancel: (workspaceId, id, userIds, at) =>
      persist(async () => {
        const row = await find(workspaceId, id)
        if (!row || !userIds.includes(row.user_id)) return true
        if (!isUnnamed(row)) return row.state !== 'named' && row.state !== 'kept'
        return (await change(workspaceId, row, goneChanges(at))) ? true : undefined
      }),

    async due(at) {
      const rows = await uploads.findEverywhere(
        // Those that are due at no time have null.
        { due_at: between(noTime, `${at}~`) },
        { sort: { due_at: 1 }, limit: uploadsAtOnce },
      )
      return rows.map((row) => ({ workspace_id: row.workspace_id, upload: toRow(row) }))
    },

    async decide(workspace_id, row, next) {
      const { _id, state, due_at } = row
      if (!next) return (await uploads.remove({ workspace_id, _id, state, due_at })) === 1
      const gone = next.state === 'gone' ? goneChanges(noTime) : {}
      return (await change(workspace_id, row, { ...gone, ...next })) !== undefined
    },

    async expire(workspace_id, before, at) {
      const rows = await uploads.find(
        { workspace_id, named_at: between(noTime, before) },
        { fields: ['_id'], sort: { named_at: 1 }, limit: uploadsAtOnce },
      )
      await dropUploads(
        uploads,
        workspace_id,
        rows.map(({ _id }) => _id),
        at,
      )
      return rows.length
    },

    forgetDays: days.forget,
  }
}

function inOrder(ids: readonly string[]): (named: Named | undefined) => Named | undefined {
  return (named) => {
    if (!named || 'refused' in named) return named
    return { uploads: ids.flatMap((id) => named.uploads.find(({ _id }) => _id === id) ?? []) }
  }
}
