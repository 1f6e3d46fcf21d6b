import type { Attachment } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { Naming, NewUpload, UploadDay, UploadRow } from '../domains/uploads.ts'
import { newId } from '../ids.ts'
import { type Fields, inStore, integer, orNull, text } from './field.ts'

export const uploadFields: Fields<UploadRow> = {
  _id: text,
  user_id: text,
  name: text,
  type: text,
  size: integer,
  sha256: orNull(text),
  width: orNull(integer),
  height: orNull(integer),
  duration_ms: orNull(integer),
  state: text,
  created_at: text,
  due_at: orNull(text),
  stream: orNull(text),
  message_author: orNull(text),
  message_cid: orNull(text),
  named_at: orNull(text),
  cid: inStore(text),
  fingerprint: inStore(text),
}

export const uploadDayFields: Fields<UploadDay> = { _id: text, user_id: text, day: text, bytes: integer }

export function newUploadRow(upload: NewUpload): UploadRow {
  const { user_id, name, type, size, sha256, width, height, duration_ms, due_at, cid, fingerprint } = upload
  return {
    ...{ _id: newId(), user_id, name, type, size, sha256, width, height, duration_ms },
    ...{ state: 'created', created_at: isoNow(), due_at },
    ...{ stream: null, message_author: null, message_cid: null, named_at: null },
    ...{ cid, fingerprint },
  }
}

export function newUploadDay({ day }: NewUpload, user_id: string, bytes: number): UploadDay {
  return { _id: newId(), user_id, day, bytes }
}

/** Which is no user's id. */
const allGuests = 'guest:'

/** Whose bytes of the day an upload takes, how many these may be, and which limit is then in the way. */
export function sharesOf(upload: NewUpload): readonly Share[] {
  const { user_id, most_user_bytes, most_guests_bytes, most_workspace_bytes } = upload
  return [
    { user_id, most: most_user_bytes, limit: 'limit' },
    ...(most_guests_bytes === undefined
      ? []
      : [{ user_id: allGuests, most: most_guests_bytes, limit: 'guests_limit' } as const]),
    { user_id: '', most: most_workspace_bytes, limit: 'workspace_limit' },
  ]
}

export interface Share {
  readonly user_id: string
  readonly most: number
  readonly limit: 'limit' | 'guests_limit' | 'workspace_limit'
}

/** What a message shows of its file. */
export function toAttachment(row: UploadRow): Attachment {
  const { _id, name, type, size, sha256, width, height, duration_ms } = row
  return {
    ...{ upload_id: _id, name, type, size },
    ...(sha256 !== null && { sha256 }),
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    ...(duration_ms !== null && { duration_ms }),
  }
}

type Changes = Partial<UploadRow>

/** What changes in the row of an upload whose bytes have to go: nothing of its file stays in it. */
export function goneChanges(due_at: string) {
  return {
    ...{ state: 'gone', due_at, name: '', sha256: null, width: null, height: null, duration_ms: null },
    ...{ stream: null, message_author: null, message_cid: null, named_at: null },
  } as const satisfies Changes
}

export function finishedChanges(due_at: string) {
  return { state: 'finished', due_at } as const satisfies Changes
}

/** What changes in the row of an upload that a message names; undefined where that message is stored already. */
export function namedChanges(row: UploadRow, { stream, author, cid, at, due_at }: Naming) {
  if (row.state === 'kept') return undefined
  const message = { stream, message_author: author, message_cid: cid, named_at: at }
  return { state: 'named', due_at, ...message } as const satisfies Changes
}

/** Why a message cannot name an upload; undefined if it can. */
export function namingProblem(
  row: UploadRow | undefined,
  { user_ids, stream, author, cid }: Naming,
): 'missing' | 'unfinished' | 'taken' | undefined {
  if (!row || !user_ids.includes(row.user_id)) return 'missing'
  switch (row.state) {
    case 'created':
      return 'unfinished'
    case 'finished':
      return undefined
    case 'named':
    case 'kept': {
      const isSame = row.stream === stream && row.message_author === author && row.message_cid === cid
      return isSame ? undefined : 'taken'
    }
    case 'gone':
    case 'swept':
      return 'missing'
    default:
      return row.state satisfies never
  }
}

/** Whether an upload waits for a message. */
export function isUnnamed({ state }: Pick<UploadRow, 'state'>): boolean {
  return state === 'created' || state === 'finished'
}
